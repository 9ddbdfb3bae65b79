using System.Runtime.CompilerServices;
using Goroutines.Context;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Context;

/// <summary>Who holds whom, in wide and deep trees.</summary>
public class GoContextTreeTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact(DisplayName = "A parent knows its children until it ends, and ends them (TestParentFinishesChild)")]
    public Task Parent_Ends_EndsAndForgetsItsChildren() => Isolated.GoAsync(async () =>
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancelContext cancelChild = parent.WithCancel();
        GoContext valueChild = parent.WithValue(new ContextKey<string>("key"), "value");
        CancelContext timerChild = valueChild.WithTimeout(s_hour);
        var ran = new Chan<Unit>();
        parent.AfterFunc(async () => await ran.SendAsync(default));
        GoContext[] all = [parent, cancelChild, valueChild, timerChild];
        Assert.All(all, static context => Assert.False(context.Done.TryReceive(out _)));
        Assert.Equal(3, Children(parent));

        parent.Cancel();

        Assert.Equal(0, Children(parent));
        Assert.All(all, GoContextTests.AssertCanceled);
        GoContextTests.AssertCanceled(parent.WithValue(new ContextKey<string>("key"), "value"));
        await ran.ReceiveAsync();
    });

    [Fact(DisplayName = "A child that ends leaves its parent alone (TestChildFinishesFirst)")]
    public void Child_EndsFirst_IsForgottenByItsParent()
    {
        CancelContext cancelable = GoContext.Background.WithCancel();
        foreach (GoContext parent in new[] { GoContext.Background, cancelable })
        {
            CancelContext child = parent.WithCancel();
            child.Cancel();
            GoContextTests.AssertCanceled(child);
            Assert.Null(parent.Err);
            Assert.False(parent.Done.TryReceive(out _));
        }

        Assert.Equal(0, Children(cancelable));
    }

    [Fact(DisplayName = "Children of every kind leave their parent when they end (TestCancelRemoves)")]
    public Task Children_End_LeaveTheirParent() => Isolated.GoAsync(async () =>
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancelContext cancelled = parent.WithCancel();
        CancelContext timed = parent.WithTimeout(s_hour);
        GoContext expiring = parent.WithTimeout(TimeSpan.FromMilliseconds(1));
        ContextRegistration registration = parent.AfterFunc(static () => default(ValueTask));
        await expiring.Done.ReceiveAsync();
        await Poll.UntilAsync(() => Children(parent) == 3, "the one whose time is up to leave"); // the thread that ends it closes Done first
        timed.Cancel();
        Assert.Equal(2, Children(parent));
        cancelled.Dispose();
        Assert.Equal(1, Children(parent));
        Assert.True(registration.Stop());
        Assert.Equal(0, Children(parent));
        parent.WithTimeout(TimeSpan.Zero);
        Assert.Equal(0, Children(parent));
        Assert.Null(parent.Err);
    });

    [Fact(DisplayName = "No goroutine stands behind a context (TestCustomContextGoroutines)")]
    public Task Contexts_NeedNoGoroutines() => Isolated.GoAsync(1, async () =>
    {
        using var source = new CancellationTokenSource();
        int before = Go.Count;
        CancelContext[] contexts =
        [
            GoContext.Background.WithCancel(), GoContext.Background.WithTimeout(s_hour), GoContext.From(source.Token).WithCancel(),
            GoContext.From(GoContext.Background.WithCancel().Token).WithTimeout(s_hour),
        ];
        foreach (CancelContext context in contexts)
        {
            _ = context.Token;
            context.WithCancel().WithTimeout(s_hour).AfterFunc(static () => default(ValueTask)).Stop();
            await Go.Yield();
        }

        Assert.Equal(before, Go.Count);
        Array.ForEach(contexts, static context => context.Cancel());
        Assert.Equal(before, Go.Count);
    });

    [Fact]
    public void Children_TenThousand_AreEndedTogetherAndLeaveOneByOne()
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancelContext[] children = [.. Enumerable.Range(0, 20_000).Select(i => parent.WithCancel())];
        CancellationToken[] tokens = [.. children.Select(static child => child.Token)];
        for (int i = 0; i < children.Length; i += 2)
        {
            children[i].Cancel();
        }

        Assert.Equal(10_000, Children(parent));
        parent.Cancel();
        Assert.Equal(0, Children(parent));
        Assert.All(children, static child => Assert.NotNull(child.Err));
        Assert.All(tokens, static token => Assert.True(token.IsCancellationRequested));
    }

    [Fact]
    public void Chain_AHundredThousandDeep_NeedsNoStack()
    {
        const int Depth = 100_000;
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(Chain), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);

        static void Chain()
        {
            var key = new ContextKey<int>("depth");
            CancelContext root = GoContext.Background.WithCancel();
            GoContext at = root.WithValue(key, 7);
            int top = at.ToString().Length;
            for (int i = 0; i < Depth; i++)
            {
                at = at.WithCancel();
            }

            int called = 0;
            CancellationToken token = at.Token;
            token.Register(() => called++);
            Assert.True(at.TryGetValue(key, out int value));
            Assert.Equal(7, value);
            Assert.Null(at.Deadline);
            Assert.Equal(Depth * ".WithCancel".Length, at.ToString().Length - top);
            root.Cancel();
            GoContextTests.AssertCanceled(at);
            Assert.True(token.IsCancellationRequested);
            Assert.Equal(1, called);
        }
    }

    [Fact]
    public async Task Cancelled_IsCollectedThoughTheParentLives()
    {
        CancelContext parent = GoContext.Background.WithCancel();
        using var source = new CancellationTokenSource();
        WeakReference[] dropped = [.. Enumerable.Range(0, 100).Select(i => Make(i % 2 == 0 ? parent : GoContext.From(source.Token)))];
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return dropped.Count(static reference => reference.IsAlive) <= 2;
            },
            "the cancelled children to be collected");
        GC.KeepAlive(parent);
        GC.KeepAlive(source);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Make(GoContext parent)
        {
            CancelContext child = parent.WithTimeout(s_hour);
            _ = child.Token;
            _ = child.Done;
            child.Cancel();
            return new WeakReference(child.Source);
        }
    }

    private static int Children(CancelContext context) => ((CancelNode)context.Source!).ChildCount;

    [Fact]
    public async Task WithTimeout_TheClockThrows_LeavesNothingInTheParent()
    {
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = new WithoutTimers() });
        await runtime.Run(static () => default(ValueTask));
        using CancelContext parent = GoContext.Background.WithCancel();
        Assert.Throws<NotSupportedException>(() => parent.WithTimeout(TimeSpan.FromHours(1), runtime: runtime));
        Assert.Equal(0, Children(parent));
    }

    private sealed class WithoutTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();
    }
}
