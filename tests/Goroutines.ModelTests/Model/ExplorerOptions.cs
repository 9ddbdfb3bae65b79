namespace Goroutines.ModelTests.Model;

/// <summary>What an exploration covers.</summary>
internal sealed record ExplorerOptions
{
    /// <summary>Whether plain stores to different places may be seen in another order than the program's, as on Arm; on x64 they never are.</summary>
    internal bool ReorderStores { get => field || ReorderLoads; init; }

    /// <summary>Whether loads may take place in another order than the program's, as on Arm, besides stores; on x64 they never do.</summary>
    internal bool ReorderLoads { get; init; }

    /// <summary>How many loads of one execution may find an old value; without a limit the exploration is complete.</summary>
    internal int MostOldLoads { get; init; } = int.MaxValue;

    /// <summary>How often a thread that could go on may be left for another one; without a limit the exploration is complete.</summary>
    internal int MostPreemptions { get; init; } = int.MaxValue;

    /// <summary>After this many executions the exploration ends, incomplete.</summary>
    internal int MostExecutions { get; init; } = 1_000_000;

    /// <summary>Timed sleeps that end after this never do, in nanoseconds; the clock begins at 1 000 000 000.</summary>
    internal long EndOfTime { get; init; }

    /// <summary>Whether spinning locks are explored step by step; otherwise taking one is a single step.</summary>
    internal bool ExploreLocks { get; init; }

    /// <summary>Whether schedules that differ only in the order of independent steps are tried once; otherwise all are, to check that.</summary>
    internal bool Reduce { get; init; } = true;

    /// <summary>Bugs that are planted in the library.</summary>
    internal Plant[] Plants { get; init; } = [];
}
