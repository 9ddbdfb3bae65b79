using System.Reflection;
using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.Context;

/// <summary>Go's context/x_test.go: what one context is.</summary>
public class ContextTests
{
    [Fact(DisplayName = "go: context/x_test.go TestBackground")]
    public void Background_NeverEnds()
    {
        Assert.False(GoContext.Background.Done.TryReceive(out _));
        Assert.Equal("context.Background", GoContext.Background.ToString());
    }

    [Fact(DisplayName = "go: context/x_test.go TestTODO")]
    public void Todo_NeverEnds()
    {
        Assert.False(GoContext.TODO.Done.TryReceive(out _));
        Assert.Equal("context.TODO", GoContext.TODO.ToString());
    }

    [Fact(DisplayName = "go: context/x_test.go TestWithCancel")]
    public void Cancel_ReachesAllBelowBeforeItReturns()
    {
        CancelContext top = GoContext.Background.WithCancel();
        Assert.Equal("context.Background.WithCancel", top.ToString());
        GoContext byToken = Contexts.ByToken(top);
        GoContext[] contexts = [top, byToken, byToken.WithCancel()];
        Assert.All(contexts, Contexts.AssertPending);
        top.Cancel();
        Assert.All(contexts, Contexts.AssertCanceled);
    }

    [Fact(DisplayName = "go: context/x_test.go TestValues")]
    public void TryGetValue_FindsTheNearestOfTheSameKey()
    {
        var first = new ContextKey<string?>("key");
        var second = new ContextKey<string?>("key"); // another key all the same
        var third = new ContextKey<string?>("other");

        Check(GoContext.Background, null, null, null);
        GoContext one = GoContext.Background.WithValue(first, "a");
        Check(one, "a", null, null);
        GoContext two = one.WithValue(second, "b");
        Check(two, "a", "b", null);
        GoContext three = two.WithValue(third, "c");
        Check(three, "a", "b", "c");
        GoContext four = three.WithValue(first, null);
        Check(four, null, "b", "c");
        Assert.Equal("context.Background.WithValue(key, a).WithValue(key, b).WithValue(other, c).WithValue(key, <null>)", four.ToString());

        using CancelContext cancel = four.WithCancel();
        Check(cancel, null, "b", "c");
        Check(cancel.WithValue(second, "d").WithoutCancel().WithTimeout(TimeSpan.Zero), null, "d", "c");
        Check(Contexts.ByToken(cancel), null, null, null);

        void Check(GoContext context, params string?[] expected)
            => Assert.Equal(expected, new[] { first, second, third }.Select(key => context.TryGetValue(key, out string? value) ? value : null));
    }

    [Fact(DisplayName = "go: context/x_test.go TestWithValueChecksKey")]
    public void WithValue_NoKey_Throws()
        => Assert.Throws<ArgumentNullException>("key", static () => GoContext.Background.WithValue<string>(null!, "value"));

    [Fact(DisplayName = "go: context/x_test.go TestInvalidDerivedFail")]
    public void Derive_FromNothing_Throws()
    {
        GoContext nothing = null!;
        Assert.Throws<NullReferenceException>(() => { nothing.WithCancel(); });
        Assert.Throws<NullReferenceException>(() => { nothing.WithDeadline(DateTimeOffset.UnixEpoch); });
        Assert.Throws<NullReferenceException>(() => { nothing.WithValue(new ContextKey<int>("key"), 1); });
    }

    [Fact(DisplayName = "go: context/x_test.go TestDeadlineExceededSupportsTimeout")]
    public void DeadlineExceeded_IsATimeout() => Assert.IsAssignableFrom<TimeoutException>(GoContext.Background.WithTimeout(TimeSpan.Zero).Err);

    [Fact(DisplayName = "go: context/x_test.go TestWithoutCancel")]
    public void WithoutCancel_HasTheValuesAndNothingElse()
    {
        var key = new ContextKey<string>("key");
        GoContext context = GoContext.Background.WithValue(key, "value").WithTimeout(TimeSpan.Zero).WithoutCancel();
        Assert.Null(context.Deadline);
        Assert.True(context.Done.IsNil);
        Assert.Null(context.Err);
        Assert.True(context.TryGetValue(key, out string? value));
        Assert.Equal("value", value);
    }

    [Fact(DisplayName = "go: context/x_test.go TestWithCancelCanceledParent")]
    public void WithCancel_ParentHasEnded_HasEndedWithItsCause()
    {
        var cause = new InvalidOperationException("Because!");
        CancelContext parent = GoContext.Background.WithCancel();
        parent.Cancel(cause);
        CancelContext child = parent.WithCancel();
        Contexts.AssertCanceled(child);
        Assert.Same(cause, child.Cause);
    }

    [Fact(DisplayName = "go: context/x_test.go TestWithCancelSimultaneouslyCanceledParent")]
    public Task WithCancel_ParentIsJustBeingCancelled_EndsWithItsCause() => Isolated.GoAsync(4, async () =>
    {
        var cause = new InvalidOperationException("Because!");
        for (int i = 0; i < 300; i++)
        {
            CancelContext parent = GoContext.Background.WithCancel();
            Goroutine cancel = Go.Run(() =>
            {
                parent.Cancel(cause);
                return default(ValueTask);
            });
            CancelContext child = parent.WithCancel();
            await child.Done.ReceiveAsync();
            Contexts.AssertCanceled(child);
            Assert.Same(cause, child.Cause);
            await cancel;
        }
    });

    [Fact(DisplayName = "go: context/x_test.go TestContextErrDoneRace")]
    public Task Err_SeenByOneThatPolls_MeansThatDoneIsClosed() => Isolated.GoAsync(4, async () =>
    {
        for (int i = 0; i < 100; i++)
        {
            CancelContext context = GoContext.Background.WithCancel();
            Receiver<Unit> done = context.Done;
            Goroutine cancel = Go.Run(() =>
            {
                context.Cancel();
                return default(ValueTask);
            });
            for (int looks = 1; context.Err is null; looks++)
            {
                if (looks % 1000 == 0)
                {
                    await Go.Yield(); // there may be one processor only
                }
            }

            Assert.True(done.TryReceive(out _), "Err was there before Done was closed.");
            await cancel;
        }
    });

    // Go counts objects and allows 0, 3, 5, 8 and 12 of them. .NET counts bytes; these bounds are a little above what it takes now.
    [Fact(DisplayName = "go: context/x_test.go TestAllocs")]
    public Task Derive_AllocatesLittle() => VirtualTime.RunAsync(clock =>
    {
        var key = new ContextKey<object?>("key");
        AssertBytes(0, static () => _ = GoContext.Background);
        AssertBytes(64, () => GoContext.Background.WithValue(key, null).TryGetValue(key, out _));
        AssertBytes(450, static () =>
        {
            CancelContext context = GoContext.Background.WithCancel();
            context.Cancel();
            context.Done.TryReceive(out _);
        });
        AssertBytes(500, static () =>
        {
            CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(5));
            context.Cancel();
            context.Done.TryReceive(out _);
        });
        AssertBytes(500, static () => GoContext.Background.WithTimeout(TimeSpan.Zero).Done.TryReceive(out _));
        return Task.CompletedTask;

        static void AssertBytes(int limit, Action action)
        {
            const int Runs = 100;
            action();
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 5; attempt++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < Runs; i++)
                {
                    action();
                }

                least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / Runs);
            }

            Assert.True(least <= limit, $"{least} bytes, more than {limit}: {action.GetMethodInfo().Name}");
        }
    });
}
