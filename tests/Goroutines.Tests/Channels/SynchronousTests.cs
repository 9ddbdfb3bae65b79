using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>The synchronous forms: they block the thread, inside a goroutine without holding up the others.</summary>
public class SynchronousTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task SendAndReceive_OnTwoThreads_PassEveryValueInOrder(int capacity)
    {
        const int Values = 1000;
        var channel = new Chan<int>(capacity);
        Task sender = PlainThread.Run(() =>
        {
            for (int i = 0; i < Values; i++)
            {
                channel.Send(i);
            }

            channel.Close();
        });
        await PlainThread.Run(() =>
        {
            for (int i = 0; i < Values; i++)
            {
                Assert.Equal(new Received<int>(i, true), channel.Receive());
            }

            Assert.Equal(new Received<int>(0, false), channel.Receive());
        });
        await sender;
    }

    [Fact]
    public async Task Receive_NothingThere_BlocksUntilASend()
    {
        var channel = new Chan<int>();
        Task<Received<int>> receiver = PlainThread.Run(channel.Receive);
        await Poll.UntilAsync(() => channel.TrySend(7), "the receiver to wait");
        Assert.Equal(new Received<int>(7, true), await receiver);
    }

    [Fact]
    public async Task Send_NobodyReceives_BlocksUntilAReceive()
    {
        var channel = new Chan<int>();
        Task sender = PlainThread.Run(() => channel.Sender.Send(7));
        Received<int> received = default;
        await Poll.UntilAsync(() => channel.TryReceive(out received), "the sender to wait");
        Assert.Equal(new Received<int>(7, true), received);
        await sender;
    }

    [Fact]
    public async Task SendAndReceive_NeedNotWait_ReturnOnTheSameThread()
    {
        await PlainThread.Run(() =>
        {
            int thread = Environment.CurrentManagedThreadId;
            var channel = new Chan<int>(1);
            channel.Send(1);
            Assert.Equal(1, channel.Receive().Value);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        });
    }

    [Fact]
    public async Task Receive_ClosedWhileBlocked_GivesNotOk()
    {
        var channel = new Chan<int>();
        Task<Received<int>> receiver = PlainThread.Run(() => channel.Receiver.Receive());
        await Poll.UntilAsync(() => channel.CanSend, "the receiver to wait");
        channel.Close();
        Assert.Equal(default, await receiver);
    }

    [Fact]
    public async Task Send_ClosedWhileBlocked_Throws()
    {
        var channel = new Chan<int>();
        Task sender = PlainThread.Run(() => channel.Send(1));
        await Poll.UntilAsync(() => channel.CanReceive, "the sender to wait");
        channel.Close();
        Assert.Equal("send on closed channel", (await Assert.ThrowsAsync<ChannelClosedException>(() => sender)).Message);
    }

    [Fact]
    public Task SendAndReceive_OnNil_BlockTheGoroutineOnly() => Isolated.RunAsync(1, async runtime =>
    {
        runtime.Spawn(static () =>
        {
            default(Sender<int>).Send(1);
            return default(ValueTask);
        });
        runtime.Spawn(static () =>
        {
            default(Receiver<int>).Receive();
            return default(ValueTask);
        });
        await Poll.UntilAsync(
            () => runtime.Snapshot().Count(info => info.Status == GoroutineStatus.Blocking) == 2,
            "both goroutines to block");
        Assert.Equal(5, await runtime.Run(static () => new ValueTask<int>(5)));
        Assert.Equal(2, runtime.Count);
    });

    [Fact]
    public async Task SendAndReceive_ManyThreads_EveryValueOnce()
    {
        const int Threads = 6;
        const int Values = 300;
        var channel = new Chan<int>(2);
        long sum = 0;
        int count = 0;
        Task[] receivers = [.. Enumerable.Range(0, Threads).Select(_ => PlainThread.Run(() =>
        {
            while (channel.Receive() is { Ok: true } received)
            {
                Interlocked.Add(ref sum, received.Value);
                Interlocked.Increment(ref count);
            }
        }))];
        Task[] senders = [.. Enumerable.Range(0, Threads).Select(s => PlainThread.Run(() =>
        {
            for (int i = 0; i < Values; i++)
            {
                channel.Send((s * Values) + i);
            }
        }))];
        await Task.WhenAll(senders);
        channel.Close();
        await Task.WhenAll(receivers);
        const long All = Threads * Values;
        Assert.Equal(All, count);
        Assert.Equal(All * (All - 1) / 2, sum);
    }

    [Fact]
    public Task Receive_InsideAGoroutineWithOneP_LetsTheSenderRun() => Isolated.GoAsync(1, async () =>
    {
        var channel = new Chan<int>();
        Goroutine sender = Go.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await channel.SendAsync(i);
            }
        });
        long id = Go.CurrentId;
        int thread = Environment.CurrentManagedThreadId;
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(i, channel.Receive().Value);
            Assert.Equal(id, Go.CurrentId);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        await sender;
    });

    [Fact]
    public Task Send_InsideAGoroutineWithOneP_LetsTheReceiverRun() => Isolated.GoAsync(1, async () =>
    {
        var channel = new Chan<int>();
        Goroutine<int> receiver = Go.Run(async () =>
        {
            int sum = 0;
            for (int i = 0; i < 100; i++)
            {
                sum += (await channel.ReceiveAsync()).Value;
            }

            return sum;
        });
        for (int i = 0; i < 100; i++)
        {
            channel.Send(i);
        }

        Assert.Equal(4950, await receiver);
    });

    [Fact]
    public Task SendAndReceive_BothSynchronousInGoroutinesWithOneP_KeepStep() => Isolated.GoAsync(1, async () =>
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        Goroutine other = Go.Run(async () =>
        {
            await Go.Yield();
            for (int i = 0; i < 50; i++)
            {
                back.Send(there.Receive().Value + 1);
            }
        });
        for (int i = 0; i < 50; i++)
        {
            there.Send(i);
            Assert.Equal(i + 1, back.Receive().Value);
        }

        await other;
    });

    [Fact]
    public Task Receive_BlockedGoroutine_IsWokenFromAThread() => Isolated.RunAsync(1, async runtime =>
    {
        var channel = new Chan<int>();
        Goroutine<int> receiver = runtime.Run(() => new ValueTask<int>(channel.Receive().Value));
        await PlainThread.Run(() => channel.Send(3));
        Assert.Equal(3, await receiver);
    });
}
