namespace Goroutines;

/// <summary>The status of a goroutine, as <see cref="Go.Snapshot"/> gives it.</summary>
public enum GoroutineStatus
{
    /// <summary>Not started yet.</summary>
    Idle,

    /// <summary>In a run queue.</summary>
    Runnable,

    /// <summary>Having its turn on a worker.</summary>
    Running,

    /// <summary>In a blocking region: its thread blocks, and its P is free for others.</summary>
    Blocking,

    /// <summary>Parked: it holds no P. One with a stack of its own keeps its thread.</summary>
    Waiting,

    /// <summary>Ended.</summary>
    Dead,
}
