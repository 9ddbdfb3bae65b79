namespace Goroutines.Testing;

/// <summary>How <see cref="GoTest.Explore(Func{ValueTask}, ExploreOptions?)"/> chooses schedules.</summary>
public enum ExploreStrategy
{
    /// <summary>By turns <see cref="Random"/> and <see cref="Pct"/>, the latter with depths from 1 to <see cref="ExploreOptions.Depth"/>.</summary>
    Mixed,

    /// <summary>Each choice is a fair draw among all who can go on.</summary>
    Random,

    /// <summary>By random priorities with a few random changes (PCT): for bugs that need few, but particular, orderings in a long run.
    /// Each schedule finds one of depth d with a probability of at least 1/(n·k^(d−1)), for n goroutines and k choices.</summary>
    Pct,

    /// <summary>All schedules, depth first, with at most <see cref="ExploreOptions.PreemptionBound"/> preemptions: for small bodies.</summary>
    Exhaustive,
}
