using Goroutines.Context;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Context;

[Collection(StressCollection.Name)]
public class GoContextStressTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact(DisplayName = "A whole tree is cancelled by many at once (TestSimultaneousCancels)")]
    public Task Cancel_EveryNodeOfATreeAtOnce_EndsThemAll() => Isolated.GoAsync(async () =>
    {
        var random = new Random(Seed.Get(nameof(Cancel_EveryNodeOfATreeAtOnce_EndsThemAll)));
        for (int round = 0; round < Load.Times(50); round++)
        {
            List<CancelContext> tree = [GoContext.Background.WithCancel()];
            for (int at = 0; tree.Count < 100; at++)
            {
                for (int i = 0; i < 4; i++)
                {
                    tree.Add(tree[at].WithCancel());
                }
            }

            CancellationToken[] tokens = [.. tree.Select(static context => context.Token)];
            CancelContext[] order = [.. tree];
            random.Shuffle(order);
            Goroutine[] cancels = [.. order.Select(static context => Go.Run(() =>
            {
                context.Cancel();
                return default(ValueTask);
            }))];
            foreach (CancelContext context in tree)
            {
                await context.Done.ReceiveAsync();
            }

            foreach (Goroutine cancel in cancels)
            {
                await cancel;
            }

            Assert.All(tokens, static token => Assert.True(token.IsCancellationRequested));
            Assert.All(tree, static context => Assert.Equal(0, ((CancelNode)context.Source!).ChildCount));
        }
    });

    [Fact(DisplayName = "A child is cancelled by its parent's end and by who waited for that (TestInterlockedCancels)")]
    public Task Cancel_ChildByAWaiterOnTheParent_Ends() => Isolated.GoAsync(async () =>
    {
        for (int i = 0; i < Load.Times(500); i++)
        {
            CancelContext parent = GoContext.Background.WithCancel();
            CancelContext child = parent.WithCancel();
            Goroutine waiter = Go.Run(async () =>
            {
                await parent.Done.ReceiveAsync();
                child.Cancel();
            });
            parent.Cancel();
            await child.Done.ReceiveAsync();
            await waiter;
        }
    });

    [Fact(DisplayName = "A child made while its parent is cancelled ends with its cause (TestWithCancelSimultaneouslyCanceledParent)")]
    public Task WithCancel_WhileTheParentIsCancelled_Ends() => Isolated.GoAsync(async () =>
    {
        var cause = new InvalidOperationException("Because!");
        using var source = new CancellationTokenSource();
        for (int i = 0; i < Load.Times(500); i++)
        {
            CancelContext parent = GoContext.From(source.Token).WithCancel();
            Go.Spawn(() =>
            {
                parent.Cancel(cause);
                return default;
            });
            CancelContext child = i % 2 == 0 ? parent.WithCancel() : parent.WithTimeout(s_hour);
            CancellationToken token = child.Token;
            await child.Done.ReceiveAsync();
            Assert.IsType<OperationCanceledException>(child.Err);
            Assert.Same(cause, child.Cause);
            await Poll.UntilAsync(() => token.IsCancellationRequested, "the token to be cancelled");
        }
    });

    [Theory(DisplayName = "Layers of values, cancellation and deadlines (TestLayersCancel, TestLayersTimeout)")]
    [InlineData(false)]
    [InlineData(true)]
    public Task Layers_EndFromAnywhere_EndTheTop(bool byTimeout) => Isolated.GoAsync(async () =>
    {
        var random = new Random(Seed.Get(nameof(Layers_EndFromAnywhere_EndTheTop)));
        for (int round = 0; round < Load.Times(20); round++)
        {
            List<ContextKey<object>> keys = [];
            List<CancelContext> cancels = [];
            int timers = 0;
            GoContext top = GoContext.Background;
            for (int i = 0; i < 30 || timers == 0 || cancels.Count == 0 || keys.Count == 0; i++)
            {
                switch (random.Next(3))
                {
                    case 0:
                        var key = new ContextKey<object>("value");
                        top = top.WithValue(key, key);
                        keys.Add(key);
                        break;
                    case 1:
                        cancels.Add(top.WithCancel());
                        top = cancels[^1];
                        break;
                    default:
                        cancels.Add(top.WithTimeout(byTimeout ? TimeSpan.FromMilliseconds(1) : s_hour));
                        top = cancels[^1];
                        timers++;
                        break;
                }
            }

            Assert.StartsWith("context.Background.", top.ToString(), StringComparison.Ordinal);
            CheckValues();
            if (byTimeout)
            {
                await top.Done.ReceiveAsync();
                Assert.IsType<DeadlineExceededException>(top.Err);
            }
            else
            {
                Assert.False(top.Done.TryReceive(out _));
                cancels[random.Next(cancels.Count)].Cancel();
                Assert.True(top.Done.TryReceive(out _));
            }

            CheckValues();

            void CheckValues() => Assert.All(keys, key => Assert.True(top.TryGetValue(key, out object? value) && ReferenceEquals(value, key)));
        }
    });

    [Fact(DisplayName = "Who sees Err finds Done closed (TestContextErrDoneRace)")]
    public Task Err_PolledWhileCancelled_MeansDoneIsClosed() => Isolated.GoAsync(async () =>
    {
        for (int i = 0; i < Load.Times(500); i++)
        {
            CancelContext context = GoContext.Background.WithCancel();
            Receiver<Unit> done = context.Done;
            Goroutine cancel = Go.Run(() =>
            {
                context.Cancel();
                return default(ValueTask);
            });
            while (context.Err is null)
            {
                await Go.Yield();
            }

            Assert.True(done.TryReceive(out _));
            await cancel;
        }
    });

    [Fact]
    public Task Cancel_RacingWithTheDeadlineAndTheToken_EndsOnceWithAfterFuncRunOnce() => Isolated.GoAsync(async () =>
    {
        for (int i = 0; i < Load.Times(300); i++)
        {
            using var source = new CancellationTokenSource();
            CancelContext context = GoContext.From(source.Token).WithTimeout(TimeSpan.FromMicroseconds(50));
            int ran = 0;
            var after = new Chan<Unit>(1);
            ContextRegistration registration = context.AfterFunc(async () =>
            {
                Interlocked.Increment(ref ran);
                await after.SendAsync(default);
            });
            Goroutine fire = Go.Run(async () => await source.CancelAsync());
            Goroutine<bool> stopping = Go.Run(() => ValueTask.FromResult(registration.Stop()));
            if (i % 3 != 0)
            {
                context.Cancel();
            }

            await context.Done.ReceiveAsync();
            Exception first = context.Err!;
            await fire;
            bool stopped = await stopping;
            if (!stopped)
            {
                await after.ReceiveAsync();
            }

            Assert.Equal(stopped ? 0 : 1, Volatile.Read(ref ran));
            Assert.Same(first, context.Err);
        }
    });
}
