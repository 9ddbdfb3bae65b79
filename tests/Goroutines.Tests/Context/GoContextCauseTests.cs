using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Context;

/// <summary>Err and Cause: the table of Go's TestCause, each case under its Go name.</summary>
public class GoContextCauseTests
{
    private static readonly TimeSpan s_forever = TimeSpan.FromDays(11);
    private static readonly Exception s_parent = new InvalidOperationException("parentCause");
    private static readonly Exception s_child = new InvalidOperationException("childCause");
    private static readonly Exception s_tooSlow = new InvalidOperationException("tooSlow");
    private static readonly Exception s_early = new InvalidOperationException("finishedEarly");

    // How the context is made, what Err is ("", "canceled", "deadline"), and the cause; null: the same as Err.
    private static readonly Dictionary<string, (Func<GoContext> Make, string Err, Exception? Cause)> s_cases = new()
    {
        ["Background"] = (() => GoContext.Background, "", null),
        ["TODO"] = (() => GoContext.TODO, "", null),
        ["WithCancel"] = (() => Cancelled(GoContext.Background.WithCancel()), "canceled", null),
        ["WithCancelCause"] = (() => Cancelled(GoContext.Background.WithCancel(), s_parent), "canceled", s_parent),
        ["WithCancelCause nil"] = (() => Cancelled(GoContext.Background.WithCancel(), null), "canceled", null),
        ["WithCancelCause: parent cause before child"] = (() => Nested(static (p, c) => (p.Cancel(s_parent), c.Cancel(s_child))), "canceled", s_parent),
        ["WithCancelCause: parent cause after child"] = (() => Nested(static (p, c) => (c.Cancel(s_child), p.Cancel(s_parent))), "canceled", s_child),
        ["WithCancelCause: parent cause before nil"] = (() => Nested(static (p, c) => (p.Cancel(s_parent), c.Cancel(null))), "canceled", s_parent),
        ["WithCancelCause: parent cause after nil"] = (() => Nested(static (p, c) => (c.Cancel(null), p.Cancel(s_parent))), "canceled", null),
        ["WithCancelCause: child cause after nil"] = (() => Nested(static (p, c) => (p.Cancel(null), c.Cancel(s_child))), "canceled", null),
        ["WithCancelCause: child cause before nil"] = (() => Nested(static (p, c) => (c.Cancel(s_child), p.Cancel(null))), "canceled", s_child),
        ["WithTimeout"] = (() => Cancelled(GoContext.Background.WithTimeout(TimeSpan.Zero)), "deadline", null),
        ["WithTimeout canceled"] = (() => Cancelled(GoContext.Background.WithTimeout(s_forever)), "canceled", null),
        ["WithTimeoutCause"] = (() => Cancelled(GoContext.Background.WithTimeout(TimeSpan.Zero, s_tooSlow)), "deadline", s_tooSlow),
        ["WithTimeoutCause canceled"] = (() => Cancelled(GoContext.Background.WithTimeout(s_forever, s_tooSlow)), "canceled", null),
        ["WithTimeoutCause stacked"] = (() => Stacked(TimeSpan.Zero), "deadline", s_tooSlow),
        ["WithTimeoutCause stacked canceled"] = (() => Stacked(s_forever), "canceled", s_early),
        ["WithoutCancel"] = (() => GoContext.Background.WithoutCancel(), "", null),
        ["WithoutCancel canceled"] = (() => Cancelled(GoContext.Background.WithCancel(), s_early).WithoutCancel(), "", null),
        ["WithoutCancel timeout"] = (() => GoContext.Background.WithTimeout(TimeSpan.Zero, s_tooSlow).WithoutCancel(), "", null),
        ["From a token that is cancelled"] = (() => GoContext.From(new CancellationToken(canceled: true)), "canceled", null),
        ["child of a token that is cancelled"] = (() => GoContext.From(new CancellationToken(canceled: true)).WithCancel(), "canceled", null),
    };

    public static TheoryData<string> Cases => new(s_cases.Keys);

    [Theory(DisplayName = "Err and Cause (TestCause)")]
    [MemberData(nameof(Cases))]
    public void ErrAndCause(string name)
    {
        (Func<GoContext> make, string err, Exception? cause) = s_cases[name];
        GoContext context = make();
        switch (err)
        {
            case "":
                Assert.Null(context.Err);
                break;
            case "canceled":
                Assert.IsType<OperationCanceledException>(context.Err);
                break;
            default:
                Assert.IsType<DeadlineExceededException>(context.Err);
                break;
        }

        Assert.Same(context.Err, context.Err);
        Assert.Same(cause ?? context.Err, context.Cause);
    }

    [Fact(DisplayName = "Who sees a cause sees the right one (TestCauseRace)")]
    public Task Cause_PolledWhileCancelled_IsTheOneGiven() => Isolated.GoAsync(async () =>
    {
        for (int i = 0; i < 200; i++)
        {
            CancelContext context = GoContext.Background.WithCancel();
            Go.Spawn(() =>
            {
                context.Cancel(s_parent);
                return default;
            });
            while (context.Cause is null)
            {
                await Go.Yield();
            }

            Assert.Same(s_parent, context.Cause);
        }
    });

    private static CancelContext Cancelled(CancelContext context, Exception? cause = null)
    {
        context.Cancel(cause);
        return context;
    }

    private static CancelContext Nested(Func<Cancels, Cancels, (int, int)> cancel)
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancelContext child = parent.WithCancel();
        cancel(new Cancels(parent), new Cancels(child));
        return child;
    }

    private static CancelContext Stacked(TimeSpan timeout)
    {
        CancelContext parent = GoContext.Background.WithCancel();
        CancelContext child = parent.WithTimeout(timeout, s_tooSlow);
        parent.Cancel(s_early);
        return child;
    }

    private readonly record struct Cancels(CancelContext Context)
    {
        public int Cancel(Exception? cause)
        {
            Context.Cancel(cause);
            return 0;
        }
    }
}
