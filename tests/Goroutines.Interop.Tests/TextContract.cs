using System.Globalization;
using System.Text;
using Goroutines.Net;
using Goroutines.Tests.Net;
using Xunit;

namespace Goroutines.Interop.Tests;

/// <summary><see cref="StreamReader"/> and <see cref="StreamWriter"/> over a connection.</summary>
public abstract class TextContract : NetContract
{
    private const int Lines = 2_000;

    private static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"line {number}: æøå €");

    [Fact]
    public Task Async_AskAndAnswer_EveryLineComesBack() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Goroutine server = Go.Run(async () =>
        {
            using var reader = new StreamReader(pair.Server);
            await using var writer = new StreamWriter(pair.Server) { AutoFlush = true };
            while (await reader.ReadLineAsync() is { } line)
            {
                await writer.WriteLineAsync(line.ToUpperInvariant());
            }
        });
        using var reader = new StreamReader(pair.Client, leaveOpen: true);
        await using (var writer = new StreamWriter(pair.Client, leaveOpen: true) { AutoFlush = true })
        {
            for (int i = 0; i < 100; i++)
            {
                await writer.WriteLineAsync(Line(i));
                Assert.Equal(Line(i).ToUpperInvariant(), await reader.ReadLineAsync());
            }
        }

        pair.Client.CloseWrite();
        Assert.Null(await reader.ReadLineAsync());
        await server;
    });

    [Fact]
    public Task Synchronous_GoroutinesWithStacks_StreamAllLines() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Go.Spawn(() =>
        {
            using var writer = new StreamWriter(pair.Server, Encoding.UTF8, bufferSize: 512);
            for (int i = 0; i < Lines; i++)
            {
                writer.WriteLine(Line(i));
            }
        });
        Goroutine<int> client = Go.Run(() =>
        {
            using var reader = new StreamReader(pair.Client, Encoding.UTF8);
            int count = 0;
            while (reader.ReadLine() is { } line)
            {
                Assert.Equal(Line(count++), line);
            }

            return count;
        });
        Assert.Equal(Lines, await client);
    });
}

/// <summary>On the scheduler's poller.</summary>
public sealed class EpollTextTests : TextContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkTextTests : TextContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
