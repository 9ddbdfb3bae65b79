using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Conformance.Tests.Context;

/// <summary>Go's context/x_test.go: trees of contexts, and who keeps whom.</summary>
public class TreeTests
{
    [Fact(DisplayName = "go: context/x_test.go TestParentFinishesChild")]
    public Task Parent_IsCancelled_EndsItsChildrenAndLetsThemGo() => Isolated.GoAsync(async () =>
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancelContext cancelChild = parent.WithCancel();
        GoContext valueChild = parent.WithValue(new ContextKey<string>("key"), "value");
        CancelContext timerChild = valueChild.WithTimeout(Contexts.VeryLong);
        var started = new Chan<Unit>(1);
        parent.AfterFunc(async () => await started.SendAsync(default));
        GoContext[] all = [parent, cancelChild, valueChild, timerChild];
        Assert.All(all, Contexts.AssertPending);
        Assert.Equal(3, Contexts.Children(parent)); // a value needs no node: the timer hangs on the parent itself

        parent.Cancel();
        Assert.Equal(0, Contexts.Children(parent));
        Assert.All(all, Contexts.AssertCanceled);
        Contexts.AssertCanceled(parent.WithValue(new ContextKey<string>("key"), "value"));
        await started.ReceiveAsync();
    });

    [Fact(DisplayName = "go: context/x_test.go TestChildFinishesFirst")]
    public void Child_IsCancelled_LeavesItsParentAsItWas()
    {
        using CancelContext cancelable = GoContext.Background.WithCancel();
        foreach (GoContext parent in (GoContext[])[GoContext.Background, cancelable])
        {
            CancelContext child = parent.WithCancel();
            Contexts.AssertPending(child);
            Assert.Equal(parent == cancelable ? 1 : 0, Contexts.Children(cancelable));

            child.Cancel();
            Assert.Equal(0, Contexts.Children(cancelable));
            Contexts.AssertCanceled(child);
            Assert.False(parent.Done.TryReceive(out _));
            Assert.Null(parent.Err);
        }
    }

    [Fact(DisplayName = "go: context/x_test.go TestCancelRemoves")]
    public void Children_ThatEnd_AreForgotten()
    {
        CancelContext parent = GoContext.Background.WithCancel();
        Check(parent.WithCancel().Dispose);
        Check(parent.WithTimeout(TimeSpan.FromHours(1)).Dispose);
        ContextRegistration registration = parent.AfterFunc(static () => default(ValueTask));
        Check(() => Assert.True(registration.Stop()));

        void Check(Action end)
        {
            Assert.Equal(1, Contexts.Children(parent));
            end();
            Assert.Equal(0, Contexts.Children(parent));
        }
    }

    [Fact(DisplayName = "go: context/x_test.go TestCustomContextGoroutines")]
    public Task Contexts_OfAllKinds_HaveNoGoroutinesBehindThem() => Isolated.GoAsync(1, async () =>
    {
        int before = Go.Count;
        using var source = new CancellationTokenSource();
        GoContext byToken = GoContext.From(source.Token);
        CancelContext one = GoContext.Background.WithCancel();
        CancelContext two = byToken.WithCancel();
        CancelContext three = Contexts.ByToken(one).WithTimeout(Contexts.VeryLong);
        CancelContext four = three.WithCancel();
        CancelContext[] contexts = [one, two, three, four, four.WithTimeout(Contexts.VeryLong)];
        Array.ForEach(contexts, static context => _ = context.Token);
        await Check();
        contexts[^1].Cancel();
        await Check();
        one.Cancel();
        Contexts.AssertCanceled(four);
        Contexts.AssertCanceled(four.WithCancel());
        await source.CancelAsync();
        Contexts.AssertCanceled(two);
        await Check();

        async ValueTask Check()
        {
            Assert.Equal(before, Go.Count);
            await Go.Yield();
            Assert.Equal(before, Go.Count);
        }
    });

    [Theory(DisplayName = "go: context/x_test.go TestSimultaneousCancels")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Cancel_AllOfATreeAtOnce_NobodyIsLeftAndNobodyHangs(int maxProcs) => Isolated.GoAsync(maxProcs, async () =>
    {
        var random = new Random(Seed.Get(nameof(Cancel_AllOfATreeAtOnce_NobodyIsLeftAndNobodyHangs)));
        for (int round = 0; round < 20; round++)
        {
            List<CancelContext> tree = [GoContext.Background.WithCancel()];
            for (int parent = 0; tree.Count < 100; parent++)
            {
                tree.AddRange(Enumerable.Range(0, 4).Select(_ => tree[parent].WithCancel()).ToArray());
            }

            CancelContext[] shuffled = [.. tree];
            random.Shuffle(shuffled);
            var cancelled = new WaitGroup();
            foreach (CancelContext context in shuffled)
            {
                cancelled.Spawn(() =>
                {
                    context.Cancel();
                    return default(ValueTask);
                });
            }

            foreach (CancelContext context in tree)
            {
                await context.Done.ReceiveAsync();
                Contexts.AssertCanceled(context);
            }

            await cancelled.WaitAsync();
        }
    });

    [Theory(DisplayName = "go: context/x_test.go TestInterlockedCancels")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Cancel_ByOneThatWaitsForTheParent_DoesNotHang(int maxProcs) => Isolated.GoAsync(maxProcs, async () =>
    {
        for (int i = 0; i < 100; i++)
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

    [Fact(DisplayName = "go: context/x_test.go TestLayersCancel")]
    public Task Layers_OneIsCancelled_TheTopEnds()
        => VirtualTime.RunAsync(_ => Layers(Seed.Get(nameof(Layers_OneIsCancelled_TheTopEnds)), null));

    [Fact(DisplayName = "go: context/x_test.go TestLayersTimeout")]
    public Task Layers_TheirTimeIsOver_TheTopEnds()
        => VirtualTime.RunAsync(clock => Layers(Seed.Get(nameof(Layers_TheirTimeIsOver_TheTopEnds)), clock));

    /// <summary>Makes stacks of contexts of all kinds, and ends them: by their timers when there is a clock to turn, else by cancelling any.</summary>
    private static async Task Layers(int seed, FakeTimeProvider? clock)
    {
        var random = new Random(seed);
        for (int round = 0; round < 20; round++)
        {
            List<ContextKey<object>> values = [];
            List<CancelContext> cancels = [];
            GoContext top = GoContext.Background;
            bool timed = false;
            while (values.Count + cancels.Count < 30 || values.Count == 0 || cancels.Count == 0 || !timed)
            {
                switch (random.Next(3))
                {
                    case 0:
                        values.Add(new ContextKey<object>($"value {values.Count}"));
                        top = top.WithValue(values[^1], values[^1]);
                        break;
                    case 1:
                        cancels.Add(top.WithCancel());
                        top = cancels[^1];
                        break;
                    default:
                        cancels.Add(top.WithTimeout(clock is null ? Contexts.VeryLong : Contexts.Soon));
                        top = cancels[^1];
                        timed = true;
                        break;
                }
            }

            Contexts.AssertPending(top);
            Assert.StartsWith("context.Background.", top.ToString(), StringComparison.Ordinal);
            CheckValues();
            if (clock is null)
            {
                cancels[random.Next(cancels.Count)].Cancel();
                Contexts.AssertCanceled(top);
            }
            else
            {
                clock.Advance(Contexts.Soon);
                await top.Done.ReceiveAsync();
                Contexts.AssertDeadlineExceeded(top);
            }

            CheckValues();
            cancels.ForEach(static context => context.Dispose());

            void CheckValues() => Assert.All(values, key => Assert.True(top.TryGetValue(key, out object? value) && value == key));
        }
    }
}
