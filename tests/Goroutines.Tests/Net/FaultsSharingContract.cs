using System.Security.Cryptography;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Many at one connection, much through it, and from everywhere.</summary>
public abstract class FaultsSharingContract : NetContract
{
    private const int Block = 65_536;

    [Fact]
    public Task WriteAsync_SeveralAtOnce_AreNotMixed() => Run(async () =>
    {
        const int Writers = 6;
        const int Each = 10;
        using ConnPair pair = await PairAsync();
        Task[] writing =
        [
            .. Enumerable.Range(0, Writers).Select(writer => Where.Start(async () =>
            {
                byte[] block = new byte[Block];
                block.AsSpan().Fill((byte)writer);
                for (int i = 0; i < Each; i++)
                {
                    await pair.Client.WriteAsync(block);
                }
            })),
        ];
        int[] blocks = new int[Writers];
        byte[] got = new byte[Block];
        for (int i = 0; i < Writers * Each; i++)
        {
            await pair.Server.ReadExactlyAsync(got);
            Assert.False(got.AsSpan().ContainsAnyExcept(got[0]), $"block {i} has bytes of two writes");
            blocks[got[0]]++;
        }

        await Task.WhenAll(writing);
        Assert.All(blocks, count => Assert.Equal(Each, count));
    });

    [Fact]
    public Task ReadAsync_SeveralAtOnceWithWriters_EveryByteGoesToOne() => Run(async () =>
    {
        const int Readers = 4;
        const int Each = 250_000;
        using ConnPair pair = await PairAsync();
        long[] sums = new long[Readers];
        Task[] reading =
        [
            .. Enumerable.Range(0, Readers).Select(reader => Where.Start(async () =>
            {
                byte[] buffer = new byte[1000];
                while (await pair.Server.ReadAsync(buffer) is > 0 and int count)
                {
                    sums[reader] += count + (buffer.AsSpan(0, count).Count((byte)1) * (1L << 32));
                }
            })),
        ];
        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Where.Start(async () =>
        {
            byte[] bytes = new byte[500];
            bytes.AsSpan().Fill((byte)writer);
            for (int i = 0; i < Each / bytes.Length; i++)
            {
                await pair.Client.WriteAsync(bytes);
            }
        })));
        pair.Client.CloseWrite();
        await Task.WhenAll(reading);
        Assert.Equal((2L * Each) + (Each * (1L << 32)), sums.Sum());
    });

    [Fact]
    public Task OneConnection_HundredMegabytes_ArriveIntact() => Run(async () =>
    {
        const int Blocks = 1_526; // of 64 KiB: 100 MB
        using ConnPair pair = await PairAsync();
        byte[] pattern = new byte[Block + 256];
        new Random(1).NextBytes(pattern);
        Task<byte[]> sent = HashAsync(async hash =>
        {
            for (int i = 0; i < Blocks; i++)
            {
                ReadOnlyMemory<byte> block = pattern.AsMemory(i % 256, Block);
                hash.AppendData(block.Span);
                await pair.Client.WriteAsync(block);
            }

            pair.Client.CloseWrite();
        });
        Task<byte[]> received = HashAsync(async hash =>
        {
            byte[] buffer = new byte[100_000];
            while (await pair.Server.ReadAsync(buffer) is > 0 and int count)
            {
                hash.AppendData(buffer, 0, count);
            }
        });
        Assert.Equal(await sent, await received);

        async Task<byte[]> HashAsync(Func<IncrementalHash, Task> body)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await Where.Start(() => body(hash));
            return hash.GetHashAndReset();
        }
    });

    [Fact]
    public async Task OneConnection_UsedFromEverywhere_Works()
    {
        await using var other = new GoRuntime(new GoRuntimeOptions { MaxProcs = 1, Name = "other" });
        await Run(async () =>
        {
            using ConnPair pair = await PairAsync();
            Go.Spawn(async () =>
            {
                await pair.Server.CopyToAsync(pair.Server);
                pair.Server.CloseWrite();
            });
            for (int round = 0; round < 20; round++)
            {
                await Go.Run(() => AskSynchronously(pair.Client, 1));
                await PlainThread.Run(() => AskSynchronously(pair.Client, 2));
                await Task.Run(() => AskAsync(pair.Client, 3));
                await Go.Run(() => AskAsync(pair.Client, 4));
                await other.Run(() => AskAsync(pair.Client, 5));
                await other.Run(() => AskSynchronously(pair.Client, 6));
                await GoRuntime.Default.Run(() => AskAsync(pair.Client, 7));
            }

            pair.Client.CloseWrite();
            Assert.Equal(0, await pair.Client.ReadAsync(new byte[1]));
        });
    }

    [Fact]
    public async Task Runtime_DisposedWhileItsSocketsLive_OthersGoOnWithThem()
    {
        Listener listener = null!;
        ConnPair pair = null!;
        Task<int> waiting = null!;
        Task<Conn> accepting = null!;
        await Run(async () =>
        {
            listener = Listen();
            pair = await PairAsync(listener);
            _ = pair.Client.CopyToAsync(Stream.Null); // an operation of its own still waits when it is disposed
            await pair.Client.WriteAsync(new byte[1]);
            await pair.Server.ReadExactlyAsync(new byte[1]);
        });

        using (listener)
        using (pair)
        {
            waiting = pair.Server.ReadAsync(new byte[10]).AsTask();
            accepting = listener.AcceptAsync().AsTask();
            using Conn third = await DialAsync(listener).AsTask().WaitAsync(Limits.Wait);
            using Conn accepted = await accepting.WaitAsync(Limits.Wait);
            await pair.Client.WriteAsync(new byte[5]);
            Assert.Equal(5, await waiting.WaitAsync(Limits.Wait));
            await Isolated.GoAsync(1, async () =>
            {
                Go.Spawn(() => accepted.Write(new byte[3]));
                await third.ReadExactlyAsync(new byte[3]);
            });
            pair.Server.ReadDeadline = DateTimeOffset.UtcNow.AddMilliseconds(5);
            await NetAssert.TimesOut(() => pair.Server.ReadAsync(new byte[1]).AsTask().WaitAsync(Limits.Wait));
        }
    }

    private static void AskSynchronously(Conn conn, byte value)
    {
        conn.WriteByte(value);
        Assert.Equal(value, conn.ReadByte());
    }

    private static async Task AskAsync(Conn conn, byte value)
    {
        byte[] buffer = [value];
        await conn.WriteAsync(buffer);
        buffer[0] = 0;
        await conn.ReadExactlyAsync(buffer);
        Assert.Equal(value, buffer[0]);
    }
}

/// <summary>On the scheduler's poller.</summary>
public class EpollFaultsSharingTests : FaultsSharingContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollFaultsSharingOutsideTests : EpollFaultsSharingTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkFaultsSharingTests : FaultsSharingContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
