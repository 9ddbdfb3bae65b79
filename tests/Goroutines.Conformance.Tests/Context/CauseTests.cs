using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Context;

/// <summary>Go's context/x_test.go: why a context has ended.</summary>
public class CauseTests
{
    private static readonly Exception s_parent = new InvalidOperationException("parentCause");
    private static readonly Exception s_child = new InvalidOperationException("childCause");
    private static readonly Exception s_tooSlow = new InvalidOperationException("tooSlow");
    private static readonly Exception s_early = new InvalidOperationException("finishedEarly");

    /// <summary>Each case of Go's table under Go's name for it. No cause given: it is the same as the error.</summary>
    private static readonly Dictionary<string, Case> s_cases = new()
    {
        ["Background"] = new(static () => GoContext.Background, Outcome.Pending),
        ["TODO"] = new(static () => GoContext.TODO, Outcome.Pending),
        ["WithCancel"] = new(static () => Cancelled(Root(), null), Outcome.Canceled),
        ["WithCancelCause"] = new(static () => Cancelled(Root(), s_parent), Outcome.Canceled, s_parent),
        ["WithCancelCause nil"] = new(static () => Cancelled(Root(), null), Outcome.Canceled),
        ["WithCancelCause: parent cause before child"] = new(static () => Pair(parentFirst: true, s_parent, s_child), Outcome.Canceled, s_parent),
        ["WithCancelCause: parent cause after child"] = new(static () => Pair(parentFirst: false, s_parent, s_child), Outcome.Canceled, s_child),
        ["WithCancelCause: parent cause before nil"] = new(static () => Pair(parentFirst: true, s_parent, null), Outcome.Canceled, s_parent),
        ["WithCancelCause: parent cause after nil"] = new(static () => Pair(parentFirst: false, s_parent, null), Outcome.Canceled),
        ["WithCancelCause: child cause after nil"] = new(static () => Pair(parentFirst: true, null, s_child), Outcome.Canceled),
        ["WithCancelCause: child cause before nil"] = new(static () => Pair(parentFirst: false, null, s_child), Outcome.Canceled, s_child),
        ["WithTimeout"] = new(static () => Cancelled(GoContext.Background.WithTimeout(TimeSpan.Zero), null), Outcome.DeadlineExceeded),
        ["WithTimeout canceled"] = new(static () => Cancelled(GoContext.Background.WithTimeout(Contexts.VeryLong), null), Outcome.Canceled),
        ["WithTimeoutCause"] = new(static () => Cancelled(GoContext.Background.WithTimeout(TimeSpan.Zero, s_tooSlow), null), Outcome.DeadlineExceeded, s_tooSlow),
        ["WithTimeoutCause canceled"] = new(static () => Cancelled(GoContext.Background.WithTimeout(Contexts.VeryLong, s_tooSlow), null), Outcome.Canceled),
        ["WithTimeoutCause stacked"] = new(static () => Below(static parent => parent.WithTimeout(TimeSpan.Zero, s_tooSlow)), Outcome.DeadlineExceeded, s_tooSlow),
        ["WithTimeoutCause stacked canceled"] = new(static () => Below(static parent => parent.WithTimeout(Contexts.VeryLong, s_tooSlow)), Outcome.Canceled, s_early),
        ["WithoutCancel"] = new(static () => GoContext.Background.WithoutCancel(), Outcome.Pending),
        ["WithoutCancel canceled"] = new(static () => Below(static parent => parent.WithoutCancel()), Outcome.Pending),
        ["WithoutCancel timeout"] = new(static () => GoContext.Background.WithTimeout(TimeSpan.Zero, s_tooSlow).WithoutCancel(), Outcome.Pending),

        // A token in place of a context of one's own: it does not know the parent's cause.
        ["parent of custom context not canceled"] = new(static () => ByTokenBelow(ownFirst: true, parentToo: false), Outcome.Canceled),
        ["parent of custom context is canceled before"] = new(static () => ByTokenBelow(ownFirst: false, parentToo: true), Outcome.Canceled),
        ["parent of custom context is canceled after"] = new(static () => ByTokenBelow(ownFirst: true, parentToo: true), Outcome.Canceled),
    };

    private enum Outcome
    {
        Pending,
        Canceled,
        DeadlineExceeded,
    }

    public static TheoryData<string> Cases => new(s_cases.Keys);

    [Theory(DisplayName = "go: context/x_test.go TestCause")]
    [MemberData(nameof(Cases))]
    public void ErrAndCause_AreThoseOfWhatEndedItFirst(string name)
    {
        Case expected = s_cases[name];
        GoContext context = expected.Make();
        switch (expected.Outcome)
        {
            case Outcome.Pending:
                Assert.Null(context.Err);
                Assert.Null(context.Cause);
                break;
            case Outcome.Canceled:
                Contexts.AssertCanceled(context);
                Assert.Same(expected.Cause ?? context.Err, context.Cause);
                break;
            default:
                Contexts.AssertDeadlineExceeded(context);
                Assert.Same(expected.Cause ?? context.Err, context.Cause);
                break;
        }
    }

    [Fact(DisplayName = "go: context/x_test.go TestCauseRace")]
    public Task Cause_SeenByOneThatPolls_IsTheRightOne() => Isolated.GoAsync(4, async () =>
    {
        for (int i = 0; i < 100; i++)
        {
            CancelContext context = Root();
            Goroutine cancel = Go.Run(() =>
            {
                context.Cancel(s_parent);
                return default(ValueTask);
            });
            while (context.Cause is null)
            {
                await Go.Yield();
            }

            Assert.Same(s_parent, context.Cause);
            await cancel;
        }
    });

    private static CancelContext Root() => GoContext.Background.WithCancel();

    private static CancelContext Cancelled(CancelContext context, Exception? cause)
    {
        context.Cancel(cause);
        return context;
    }

    private static CancelContext Pair(bool parentFirst, Exception? parentCause, Exception? childCause)
    {
        CancelContext parent = Root();
        CancelContext child = parent.WithCancel();
        if (parentFirst)
        {
            parent.Cancel(parentCause);
        }

        child.Cancel(childCause);
        parent.Cancel(parentCause);
        return child;
    }

    private static GoContext Below(Func<GoContext, GoContext> derive)
    {
        CancelContext parent = Root();
        GoContext child = derive(parent);
        parent.Cancel(s_early);
        return child;
    }

    private static GoContext ByTokenBelow(bool ownFirst, bool parentToo)
    {
        CancelContext parent = Root();
        using var own = CancellationTokenSource.CreateLinkedTokenSource(parent.Token);
        GoContext context = GoContext.From(own.Token);
        if (ownFirst)
        {
            own.Cancel();
        }

        if (parentToo)
        {
            parent.Cancel(s_parent);
        }

        own.Cancel();
        return context;
    }

    private sealed record Case(Func<GoContext> Make, Outcome Outcome, Exception? Cause = null);
}
