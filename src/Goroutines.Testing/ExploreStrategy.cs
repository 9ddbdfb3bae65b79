namespace Goroutines.Testing;

/// <summary>How <see cref="GoTest.Explore(Func{ValueTask}, ExploreOptions?)"/> chooses schedules.</summary>
public enum ExploreStrategy
{
    /// <summary>Alternates between <see cref="Random"/> and <see cref="Pct"/>, the latter with depths from 1 to <see cref="ExploreOptions.Depth"/>.</summary>
    Mixed,

    /// <summary>Makes each choice uniformly at random among all goroutines that can run.</summary>
    Random,

    /// <summary>Uses random priorities with a few random changes (PCT). It finds bugs that need a few particular orderings in a long run.
    /// Each schedule finds one of depth d with a probability of at least 1/(n·k^(d−1)), for n goroutines and k choices.</summary>
    Pct,

    /// <summary>Runs all schedules, depth first, with at most <see cref="ExploreOptions.PreemptionBound"/> preemptions. It is meant for small bodies.</summary>
    Exhaustive,
}
