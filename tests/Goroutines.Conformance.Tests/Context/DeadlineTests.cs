using Goroutines.Tests.Time;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Conformance.Tests.Context;

/// <summary>Go's context/x_test.go: deadlines, on a clock that the tests turn.</summary>
public class DeadlineTests
{
    private static readonly Dictionary<string, Func<FakeTimeProvider, GoContext>> s_deadlines = new()
    {
        ["one"] = static clock => GoContext.Background.WithDeadline(clock.GetUtcNow() + Contexts.Soon),
        ["by token"] = static clock => Contexts.ByToken(GoContext.Background.WithDeadline(clock.GetUtcNow() + Contexts.Soon)),
        ["a later one below it"] = static clock => GoContext.Background.WithDeadline(clock.GetUtcNow() + Contexts.Soon).WithDeadline(clock.GetUtcNow() + Contexts.VeryLong),
        ["a later one below, by token"] = static clock => Contexts.ByToken(GoContext.Background.WithDeadline(clock.GetUtcNow() + Contexts.Soon)).WithDeadline(clock.GetUtcNow() + Contexts.VeryLong),
        ["in the past"] = static clock => GoContext.Background.WithDeadline(clock.GetUtcNow() - Contexts.Soon),
        ["now"] = static clock => GoContext.Background.WithDeadline(clock.GetUtcNow()),
    };

    private static readonly Dictionary<string, Func<GoContext>> s_timeouts = new()
    {
        ["one"] = static () => GoContext.Background.WithTimeout(Contexts.Soon),
        ["by token"] = static () => Contexts.ByToken(GoContext.Background.WithTimeout(Contexts.Soon)),
        ["a longer one below it"] = static () => GoContext.Background.WithTimeout(Contexts.Soon).WithTimeout(Contexts.VeryLong),
        ["a longer one below, by token"] = static () => Contexts.ByToken(GoContext.Background.WithTimeout(Contexts.Soon)).WithTimeout(Contexts.VeryLong),
    };

    public static TheoryData<string> Deadlines => new(s_deadlines.Keys);

    public static TheoryData<string> Timeouts => new(s_timeouts.Keys);

    [Theory(DisplayName = "go: context/x_test.go TestDeadline")]
    [MemberData(nameof(Deadlines))]
    public Task WithDeadline_ItsTimeComes_Ends(string which) => AssertEndsInTime(which, clock => s_deadlines[which](clock));

    [Theory(DisplayName = "go: context/x_test.go TestTimeout")]
    [MemberData(nameof(Timeouts))]
    public Task WithTimeout_ItsTimeIsOver_Ends(string which) => AssertEndsInTime(which, _ => s_timeouts[which]());

    [Fact(DisplayName = "go: context/x_test.go TestCanceledTimeout")]
    public Task Cancel_BeforeTheTime_IsNoTimeout() => VirtualTime.RunAsync(async clock =>
    {
        CancelContext outer = GoContext.Background.WithTimeout(TimeSpan.FromSeconds(1));
        CancelContext inner = Contexts.ByToken(outer).WithTimeout(Contexts.VeryLong);
        inner.Cancel();
        Contexts.AssertCanceled(inner);
        Contexts.AssertPending(outer);
        clock.Advance(2 * Contexts.VeryLong);
        await outer.Done.ReceiveAsync();
        Contexts.AssertCanceled(inner);
    });

    private static Task AssertEndsInTime(string which, Func<FakeTimeProvider, GoContext> make) => VirtualTime.RunAsync(async clock =>
    {
        GoContext context = make(clock);
        if (which is not ("in the past" or "now"))
        {
            Contexts.AssertPending(context);
            clock.Advance(Contexts.Soon);
            await context.Done.ReceiveAsync();
        }

        if (which.Contains("by token", StringComparison.Ordinal))
        {
            Contexts.AssertCanceled(context); // a token does not tell why
        }
        else
        {
            Contexts.AssertDeadlineExceeded(context);
            Assert.StartsWith("context.Background.WithDeadline(", context.ToString(), StringComparison.Ordinal);
        }
    });
}
