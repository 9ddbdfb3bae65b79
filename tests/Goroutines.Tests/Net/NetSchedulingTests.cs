using System.Globalization;
using Goroutines.Net;
using Goroutines.Tests.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>The network in the scheduler: what reports say, deadlocks, allocations, fairness. On the scheduler's poller.</summary>
[Collection(AloneCollection.Name)]
public class NetSchedulingTests : NetContract
{
    /// <summary>More than the scheduler needs to call it a deadlock that everything is asleep.</summary>
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMilliseconds(300);

    private protected override NetBackend Backend => Epoll;

    [Fact]
    public Task Waiting_InReports_IsIOWait() => Isolated.RunAsync(2, async runtime =>
    {
        await runtime.Run(async () =>
        {
            using Listener listener = Listen();
            using ConnPair pair = await PairAsync(listener);
            using ConnPair full = await PairAsync(listener);
            Goroutine[] waiting =
            [
                Go.Run(async () => { await pair.Server.ReadAsync(new byte[1]); }),
                Go.Run(async () => { await full.Client.WriteAsync(new byte[20_000_000]); }),
                Go.Run(async () => { (await listener.AcceptAsync()).Dispose(); }),
                Go.Run(() => { pair.Client.ReadByte(); }),
            ];
            await Poll.UntilAsync(
                () => runtime.Snapshot().Count(static goroutine => goroutine.WaitReason == "IO wait") == waiting.Length, "all to wait for the network");
            using var writer = new StringWriter(CultureInfo.InvariantCulture);
            runtime.Dump(writer);
            Assert.Equal(waiting.Length, writer.ToString().Split("[IO wait]").Length - 1);
            pair.Dispose();
            full.Dispose();
            listener.Dispose();
            foreach (Goroutine goroutine in waiting)
            {
                try
                {
                    await goroutine;
                }
                catch (ObjectDisposedException)
                {
                    // or the read saw that the other end was closed first
                }
            }
        });
    });

    [Fact]
    public Task AllWaitForTheNetwork_IsNoDeadlock() => Isolated.RunAsync(2, async runtime =>
    {
        using Listener listener = Listen();
        Task main = PlainThread.Run(() => runtime.Main(async () =>
        {
            var answer = new Chan<int>();
            Go.Spawn(async () =>
            {
                using Conn conn = await listener.AcceptAsync();
                byte[] buffer = new byte[1];
                await conn.ReadAsync(buffer);
                await answer.SendAsync(buffer[0]);
            });
            Assert.Equal(9, (await answer.ReceiveAsync()).Value);
        }));
        await Task.Delay(s_longEnough);
        using Conn client = await DialAsync(listener);
        await Task.Delay(s_longEnough);
        await client.WriteAsync(new byte[] { 9 });
        await main.WaitAsync(Limits.Wait);
    });

    [Fact]
    public Task OutsiderWaitsForTheNetwork_IsNoDeadlock() => Isolated.RunAsync(2, async runtime =>
    {
        using ConnPair pair = await PairAsync();
        var answer = new Chan<int>();
        Task outsider = Task.Run(async () =>
        {
            byte[] buffer = new byte[1];
            await pair.Server.ReadExactlyAsync(buffer); // a plain task, which wakes a goroutine when it goes on
            await answer.SendAsync(buffer[0]);
        });
        Task main = PlainThread.Run(() => runtime.Main(async () => Assert.Equal(9, (await answer.ReceiveAsync()).Value)));
        await Task.Delay(s_longEnough);
        await pair.Client.WriteAsync(new byte[] { 9 });
        await main.WaitAsync(Limits.Wait);
        await outsider;
    });

    [Fact]
    public Task NobodyWaitsForTheNetwork_IsADeadlock() => Isolated.RunAsync(2, async runtime =>
    {
        Task main = PlainThread.Run(() => runtime.Main(async () =>
        {
            using ConnPair pair = await PairAsync();
            ValueTask<int> read = pair.Server.ReadAsync(new byte[1]);
            await pair.Client.WriteAsync(new byte[1]);
            await read;
            await new Chan<int>().ReceiveAsync(); // connections that are open and that nobody waits for wake nobody
        }));
        await Assert.ThrowsAsync<DeadlockException>(() => main.WaitAsync(Limits.Wait));
    });

    [Fact]
    public Task ReadsAndWrites_ThatWait_AllocateNothing() => Isolated.GoAsync(1, async () =>
    {
        using ConnPair pair = await PairAsync();
        Goroutine echo = Go.Run(async () =>
        {
            byte[] buffer = new byte[16];
            int got;
            while ((got = await pair.Server.ReadAsync(buffer)) != 0)
            {
                await pair.Server.WriteAsync(buffer.AsMemory(0, got));
            }
        });
        byte[] sent = new byte[16];
        byte[] got = new byte[16];
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await pair.Client.WriteAsync(sent);
                await pair.Client.ReadAsync(got);
            }
        });
        pair.Client.Dispose();
        await echo;
    });

    [Fact]
    public Task BusyGoroutines_OneP_TheNetworkHasItsTurns() => Isolated.GoAsync(1, async () =>
    {
        using ConnPair pair = await PairAsync();
        bool done = false;
        Goroutine[] busy = [.. Enumerable.Range(0, 3).Select(_ => Go.Run(async () =>
        {
            while (!Volatile.Read(ref done))
            {
                await Go.Yield();
            }
        }))];
        byte[] buffer = new byte[1];
        for (int i = 0; i < 5; i++)
        {
            ValueTask<int> read = pair.Server.ReadAsync(buffer);
            Task writing = Task.Run(() => pair.Client.WriteByte(1));
            Assert.Equal(1, await read);
            await writing;
        }

        Volatile.Write(ref done, true);
        foreach (Goroutine goroutine in busy)
        {
            await goroutine;
        }
    });
}
