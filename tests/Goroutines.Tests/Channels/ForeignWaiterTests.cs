using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Waiters that are no goroutines: tasks, threads, and their contexts.</summary>
public class ForeignWaiterTests
{
    [Fact]
    public Task Channel_BetweenTaskAndGoroutine_PassesValuesBothWays() => Isolated.RunAsync(2, async runtime =>
    {
        const int Rounds = 500;
        var to = new Chan<int>();
        var back = new Chan<int>(3);
        Goroutine echo = runtime.Run(async () =>
        {
            await foreach (int value in to)
            {
                await back.SendAsync(value * 2);
            }

            back.Close();
        });
        Task producer = Task.Run(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                await to.SendAsync(i);
            }

            to.Close();
        });
        for (int i = 0; i < Rounds; i++)
        {
            Assert.Equal(new Received<int>(i * 2, true), await back.ReceiveAsync());
        }

        Assert.False((await back.ReceiveAsync()).Ok);
        await producer;
        await echo;
    });

    [Fact]
    public Task Channel_BetweenGoroutinesOfTwoRuntimes_PassesValues() => Isolated.RunAsync(1, one => Isolated.RunAsync(1, async other =>
    {
        var channel = new Chan<int>();
        Goroutine sender = one.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                await channel.SendAsync(i);
                Assert.Same(one, GoRuntime.Current);
            }

            channel.Close();
        });
        Goroutine<int> receiver = other.Run(async () =>
        {
            int sum = 0;
            await foreach (int value in channel)
            {
                sum += value;
                Assert.Same(other, GoRuntime.Current);
            }

            return sum;
        });
        await sender;
        Assert.Equal(500 * 499 / 2, await receiver);
    }));

    [Fact]
    public async Task Await_WithContext_ResumesInIt()
    {
        using var context = new RecordingContext();
        var channel = new Chan<int>();
        await context.Run(async () =>
        {
            // Each partner has its turn on the context's one thread only when the operation has been awaited.
            ValueTask<Received<int>> receive = channel.ReceiveAsync();
            Task sender = context.RunNext(() => Assert.True(channel.TrySend(1)));
            Assert.Equal(1, (await receive).Value);
            AssertInContext();

            ValueTask send = channel.SendAsync(2);
            Task receiver = context.RunNext(() => Assert.True(channel.TryReceive(out _)));
            await send;
            AssertInContext();
            await sender;
            await receiver;

            ValueTask closed = channel.SendAsync(3);
            Task closer = context.RunNext(channel.Close);
            await Assert.ThrowsAsync<ChannelClosedException>(async () => await closed);
            AssertInContext();
            await closer;

            using var cancellation = new CancellationTokenSource();
            ValueTask<Received<int>> cancelled = new Chan<int>().ReceiveAsync(cancellation.Token);
            Task canceller = context.RunNext(cancellation.Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
            AssertInContext();
            await canceller;
        }).WaitAsync(Limits.Wait, TestContext.Current.CancellationToken);

        void AssertInContext()
        {
            Assert.Same(context, SynchronizationContext.Current);
            Assert.Equal(context.ThreadId, Environment.CurrentManagedThreadId);
        }
    }

    [Fact]
    public async Task Await_ConfigureAwaitFalse_LeavesTheContextForThePool()
    {
        using var context = new RecordingContext();
        var channel = new Chan<int>();
        await context.Run(async () =>
        {
            ValueTask<Received<int>> receive = channel.ReceiveAsync();

            // The context's one thread gets to the send only when the receive has been awaited.
            Task sender = context.RunNext(() => Assert.True(channel.TrySend(1)));
            Assert.Equal(1, (await receive.ConfigureAwait(false)).Value);
            Assert.NotEqual(context.ThreadId, Environment.CurrentManagedThreadId);
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
            await sender;
        }).WaitAsync(Limits.Wait, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Await_WithTaskScheduler_ResumesInIt()
    {
        var schedulers = new ConcurrentExclusiveSchedulerPair();
        TaskScheduler scheduler = schedulers.ExclusiveScheduler;
        var channel = new Chan<int>();
        Task receiver = await Task.Factory.StartNew(
            async () =>
            {
                Assert.Same(scheduler, TaskScheduler.Current);
                Assert.Equal(1, (await channel.ReceiveAsync()).Value);
                Assert.Same(scheduler, TaskScheduler.Current);
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler);
        await Poll.UntilAsync(() => channel.TrySend(1), "the receiver");
        await receiver;
        schedulers.Complete();
    }

    [Fact]
    public async Task Await_ExecutionContextFlows()
    {
        var local = new AsyncLocal<string>();
        var channel = new Chan<int>();
        Task receiver = Task.Run(async () =>
        {
            local.Value = "receiver";
            await channel.ReceiveAsync();
            Assert.Equal("receiver", local.Value);
        });
        local.Value = "sender";
        await Poll.UntilAsync(() => channel.TrySend(1), "the receiver");
        await receiver;
        Assert.Equal("sender", local.Value);
    }

    public enum Completer
    {
        SendAsync,
        TrySend,
        Close,
        CloseOfSender,
        ReceiveAsync,
        TryReceive,
        Cancel,
        Select,
    }

    [Theory]
    [InlineData(Completer.SendAsync)]
    [InlineData(Completer.TrySend)]
    [InlineData(Completer.Close)]
    [InlineData(Completer.CloseOfSender)]
    [InlineData(Completer.ReceiveAsync)]
    [InlineData(Completer.TryReceive)]
    [InlineData(Completer.Cancel)]
    [InlineData(Completer.Select)]
    public async Task Completion_NeverRunsTheAwaiterInline(Completer completer)
    {
        foreach (bool continueOnContext in (bool[])[true, false])
        {
            var channel = new Chan<int>();
            using var cancellation = new CancellationTokenSource();
            using var returned = new ManualResetEventSlim();
            bool sends = completer is Completer.CloseOfSender or Completer.ReceiveAsync or Completer.TryReceive;
            Task awaiter = sends ? Sender() : Receiver();
            await PlainThread.Run(() =>
            {
                Complete(completer, channel, cancellation);
                returned.Set();
            });
            if (completer == Completer.CloseOfSender)
            {
                await Assert.ThrowsAsync<ChannelClosedException>(() => awaiter);
            }
            else if (completer == Completer.Cancel)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => awaiter);
            }
            else
            {
                await awaiter;
            }

            // Inside the completing call these would wait for it to return, and it for them.
            async Task Sender()
            {
                try
                {
                    await channel.SendAsync(1).ConfigureAwait(continueOnContext);
                }
                finally
                {
                    Assert.True(returned.Wait(Limits.Wait), "The awaiter ran inside the completing call.");
                }
            }

            async Task Receiver()
            {
                try
                {
                    await channel.ReceiveAsync(cancellation.Token).ConfigureAwait(continueOnContext);
                }
                finally
                {
                    Assert.True(returned.Wait(Limits.Wait), "The awaiter ran inside the completing call.");
                }
            }
        }
    }

    private static void Complete(Completer completer, Chan<int> channel, CancellationTokenSource cancellation)
    {
        switch (completer)
        {
            case Completer.SendAsync:
                Assert.True(channel.SendAsync(1).IsCompletedSuccessfully);
                break;
            case Completer.TrySend:
                Assert.True(channel.TrySend(1));
                break;
            case Completer.Close or Completer.CloseOfSender:
                channel.Close();
                break;
            case Completer.ReceiveAsync:
                Assert.True(channel.ReceiveAsync().IsCompletedSuccessfully);
                break;
            case Completer.TryReceive:
                Assert.True(channel.TryReceive(out _));
                break;
            case Completer.Cancel:
                cancellation.Cancel();
                break;
            default:
                var select = new Select();
                select.Send(channel, 1);
                Assert.True(select.TryWait(out _));
                break;
        }
    }
}
