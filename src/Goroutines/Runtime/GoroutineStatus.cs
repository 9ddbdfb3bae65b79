namespace Goroutines;

/// <summary>Specifies the status of a goroutine, as returned by <see cref="Go.Snapshot"/>.</summary>
public enum GoroutineStatus
{
    /// <summary>The goroutine has not started yet.</summary>
    Idle,

    /// <summary>The goroutine is in a run queue.</summary>
    Runnable,

    /// <summary>The goroutine is having its turn on a worker.</summary>
    Running,

    /// <summary>The goroutine is in a blocking region: its thread blocks, and its P is free for others.</summary>
    Blocking,

    /// <summary>The goroutine is parked and holds no P. One with a stack of its own keeps its thread.</summary>
    Waiting,

    /// <summary>The goroutine has ended.</summary>
    Dead,
}
