using Xunit;

namespace Goroutines.Testing.Tests.Primitives;

/// <summary>Small scenarios of the library's own primitives, under every schedule.</summary>
internal static class Every
{
    /// <summary>Runs <paramref name="scenario"/> under all schedules with at most <paramref name="preemptions"/> preemptions; every goroutine must end.</summary>
    public static void Schedule(Func<Task> scenario, int preemptions = int.MaxValue)
    {
        ExploreResult result = GoTest.Explore(
            scenario,
            new ExploreOptions { Strategy = ExploreStrategy.Exhaustive, PreemptionBound = preemptions, Schedules = 200_000 });
        Assert.True(result.Complete, $"There are more than {result.Schedules} schedules.");
        Assert.True(result.Schedules > 1, "The scenario has only one schedule.");
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
    }

    /// <summary>Whether the operation succeeded; false: it was cancelled.</summary>
    public static async ValueTask<bool> Succeeds(Func<ValueTask> operation)
    {
        try
        {
            await operation();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
