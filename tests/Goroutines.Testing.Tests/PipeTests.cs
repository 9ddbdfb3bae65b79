using Goroutines.Net;
using Xunit;

namespace Goroutines.Testing.Tests;

/// <summary>Connections in memory in virtual time: what holds the clock, what does not, and what is left.</summary>
public sealed class PipeTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private static DateTimeOffset Now => GoTest.TimeProvider.GetUtcNow();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_GoroutinesOnPipes_AreDurablyBlocked(int maxProcs) => GoTest.Run(
        static async () =>
        {
            DateTimeOffset begun = Now;
            (Conn client, Conn server) = Conn.Pipe();
            Goroutine slow = Go.Run(async () =>
            {
                byte[] request = new byte[1];
                while (await server.ReadAsync(request) != 0)
                {
                    await Go.SleepAsync(s_minute);
                    await server.WriteAsync(request);
                }
            });
            byte[] reply = new byte[1];
            for (byte i = 1; i <= 50; i++)
            {
                await client.WriteAsync(new byte[] { i });
                await client.ReadExactlyAsync(reply);
                Assert.Equal(i, reply[0]);
                Assert.Equal(i * s_minute, Now - begun);
            }

            client.Dispose();
            await slow;
            server.Dispose();
        },
        new GoTestOptions { MaxProcs = maxProcs });

    /// <summary>The reader's async methods await each other without a context, and the second half of a line is awaited by one of them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_AReaderOnAPipe_IsDurablyBlocked(int maxProcs) => GoTest.Run(
        static async () =>
        {
            DateTimeOffset begun = Now;
            (Conn client, Conn server) = Conn.Pipe();
            Goroutine slow = Go.Run(async () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await Go.SleepAsync(s_minute);
                    await server.WriteAsync("half "u8.ToArray());
                    await Go.SleepAsync(s_minute);
                    await server.WriteAsync("a line\n"u8.ToArray());
                }

                server.Dispose();
            });
            using var reader = new StreamReader(client);
            for (int i = 1; i <= 10; i++)
            {
                Assert.Equal("half a line", await reader.ReadLineAsync());
                Assert.Equal(2 * i * s_minute, Now - begun);
            }

            Assert.Null(await reader.ReadLineAsync());
            await slow;
        },
        new GoTestOptions { MaxProcs = maxProcs });

    [Fact]
    public void Run_ReaderLeftOnAPipe_IsALeakThatSaysSo()
    {
        var failure = Assert.Throws<GoroutineLeakException>(static () => GoTest.Run(static async () =>
        {
            (Conn client, Conn server) = Conn.Pipe();
            Go.Spawn(async () => Assert.Equal(1, await server.ReadAsync(new byte[1])));
            Go.Spawn(async () => await server.WriteAsync(new byte[1]));
            await GoTest.WaitAsync();
            GC.KeepAlive(client);
        }));
        Assert.Equal(["pipe read", "pipe write"], failure.Goroutines.Select(static g => g.WaitReason).Order(StringComparer.Ordinal));
    }

    /// <summary>Framework code goes on outside of the goroutine (it does not keep the context), where the clock can't see what it waits for.</summary>
    [Fact]
    public void Run_FrameworkReaderOverAPipe_NeedsAGrace() => GoTest.Run(
        static async () =>
        {
            (Conn client, Conn server) = Conn.Pipe();
            Goroutine writer = Go.Run(async () =>
            {
                foreach (byte[] part in (byte[][])[[.. "one "u8], [.. "two "u8], [.. "three\n"u8]])
                {
                    await Go.SleepAsync(s_minute);
                    await server.WriteAsync(part);
                }

                server.Dispose();
            });
            using var reader = new StreamReader(client);
            Assert.Equal("one two three", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            await writer;
        },
        new GoTestOptions { OutsideGrace = TimeSpan.FromMilliseconds(5) });
}
