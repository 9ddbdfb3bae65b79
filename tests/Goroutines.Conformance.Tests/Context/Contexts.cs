using Goroutines.Context;
using Xunit;

namespace Goroutines.Conformance.Tests.Context;

/// <summary>What the tests of contexts have in common.</summary>
internal static class Contexts
{
    public static TimeSpan Soon { get; } = TimeSpan.FromMilliseconds(1);

    public static TimeSpan VeryLong { get; } = TimeSpan.FromHours(1000);

    /// <summary>
    /// A context that is known to the library only by a framework token. Contexts can't be implemented outside of the library;
    /// this is what takes the place of such ones in Go's tests.
    /// </summary>
    public static GoContext ByToken(GoContext context) => GoContext.From(context.Token);

    /// <summary>How many contexts and bodies would end, or be started, with this one.</summary>
    public static int Children(GoContext context) => ((CancelNode)context.Source!).ChildCount;

    public static void AssertPending(GoContext context)
    {
        Assert.False(context.Done.IsNil);
        Assert.False(context.Done.TryReceive(out _), $"{context} has ended.");
        Assert.Null(context.Err);
        Assert.Null(context.Cause);
    }

    public static void AssertCanceled(GoContext context) => AssertEnded<OperationCanceledException>(context, "context canceled");

    public static void AssertDeadlineExceeded(GoContext context) => AssertEnded<DeadlineExceededException>(context, "context deadline exceeded");

    private static void AssertEnded<T>(GoContext context, string message)
        where T : Exception
    {
        Assert.True(context.Done.TryReceive(out Received<Unit> received), $"{context} has not ended.");
        Assert.False(received.Ok);
        Assert.Equal(message, Assert.IsType<T>(context.Err).Message);
        Assert.NotNull(context.Cause);
    }
}
