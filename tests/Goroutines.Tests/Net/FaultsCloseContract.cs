using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Closing under those who wait, and what comes to have the closed one's number.</summary>
public abstract class FaultsCloseContract : NetContract
{
    [Fact]
    public Task Dispose_WhileOperationsWait_AllFail() => Run(async () =>
    {
        for (int round = 0; round < 20; round++)
        {
            using ConnPair pair = await PairAsync();
            Conn conn = pair.Client;
            Task[] waiting =
            [
                .. Enumerable.Range(0, 3).Select(_ => Where.Start(async () => await conn.ReadAsync(new byte[10]))),
                .. Enumerable.Range(0, 3).Select(_ => Where.Start(async () => await conn.WriteAsync(new byte[20_000_000]))),
                conn.ReadAsync(new byte[10]).AsTask(),
                conn.WriteAsync(new byte[20_000_000]).AsTask(),
            ];
            await Task.Yield();
            conn.Dispose();
            foreach (Task operation in waiting)
            {
                await NetAssert.IsDisposed(() => operation, nameof(Conn));
            }
        }
    });

    [Fact]
    public Task Dispose_WhileStackfulGoroutinesAndThreadsWait_AllFail() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Conn conn = pair.Client;
        Task[] waiting =
        [
            Go.Run(() => conn.Read(new byte[10])).JoinAsync().AsTask(),
            Go.Run(() => conn.Write(new byte[20_000_000])).JoinAsync().AsTask(),
            PlainThread.Run(() => conn.Read(new byte[10])),
            PlainThread.Run(() => conn.Write(new byte[20_000_000])),
        ];
        await pair.Server.ReadExactlyAsync(new byte[1]); // one writes
        conn.Dispose();
        foreach (Task operation in waiting)
        {
            await NetAssert.IsDisposed(() => operation, nameof(Conn));
        }
    });

    [Fact]
    public Task Dispose_WhileAcceptsWait_AllFail() => Run(async () =>
    {
        Listener listener = Listen();
        Task[] waiting =
        [
            .. Enumerable.Range(0, 5).Select(_ => listener.AcceptAsync().AsTask()),
            Go.Run(listener.Accept).JoinAsync().AsTask(),
            PlainThread.Run(listener.Accept),
        ];
        listener.Dispose();
        foreach (Task accept in waiting)
        {
            await NetAssert.IsDisposed(() => accept, nameof(Listener));
        }
    });

    [Fact]
    public Task Dispose_FromManyAtOnceWhileOthersOperate_NothingHangs() => Run(async () =>
    {
        for (int round = 0; round < 100; round++)
        {
            using ConnPair pair = await PairAsync();
            Conn conn = pair.Client;
            Task reading = Task.Run(() => UntilDisposedAsync(async () => await conn.ReadAsync(new byte[10])));
            Task writing = Task.Run(() => UntilDisposedAsync(async () => await conn.WriteAsync(new byte[10])));
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(conn.Dispose)));
            await reading;
            await writing;
        }
    });

    /// <summary>Linux gives the lowest free number: the next socket has that of the one just closed, while events, timers and operations of the old one may be under way.</summary>
    [Fact]
    public Task DescriptorNumber_ReusedAtOnce_NothingOfTheOldOneReachesTheNew() => Run(async () =>
    {
        using Listener listener = Listen();
        byte[] buffer = new byte[8];
        for (int round = 0; round < 200; round++)
        {
            ConnPair old = await PairAsync(listener);
            Task oldRead = old.Client.ReadAsync(new byte[8]).AsTask();
            Task oldReadOfServer = old.Server.ReadAsync(new byte[8]).AsTask();
            old.Client.ReadDeadline = DateTimeOffset.UtcNow.AddMilliseconds(round % 5);
            old.Client.Dispose();
            using ConnPair pair = await PairAsync(listener);
            Task<int> read = pair.Client.ReadAsync(buffer).AsTask();
            old.Server.Dispose();
            await Assert.ThrowsAnyAsync<Exception>(() => oldRead); // disposed, or past the deadline before
            await oldReadOfServer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the end, or disposed
            Assert.False(read.IsCompleted);
            buffer.AsSpan().Clear();
            await pair.Server.WriteAsync(BitConverter.GetBytes((long)round));
            Assert.Equal(sizeof(long), await read);
            Assert.Equal(round, BitConverter.ToInt64(buffer));
        }
    });

    private static async Task UntilDisposedAsync(Func<Task> operation)
    {
        try
        {
            while (true)
            {
                Task doing = operation();
                if (doing.IsCompleted)
                {
                    await Task.Yield();
                }

                await doing;
            }
        }
        catch (ObjectDisposedException)
        {
            // As it should end.
        }
    }
}

/// <summary>On the scheduler's poller.</summary>
public class EpollFaultsCloseTests : FaultsCloseContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollFaultsCloseOutsideTests : EpollFaultsCloseTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkFaultsCloseTests : FaultsCloseContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
