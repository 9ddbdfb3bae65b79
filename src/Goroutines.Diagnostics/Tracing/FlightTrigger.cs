namespace Goroutines.Diagnostics;

/// <summary>Says what made a <see cref="FlightRecorder"/> record.</summary>
public enum FlightTrigger
{
    /// <summary>A turn lasted longer than <see cref="FlightRecorderOptions.WhenTurnExceeds"/>.</summary>
    SlowTurn,

    /// <summary>A goroutine was runnable for <see cref="FlightRecorderOptions.WhenRunnableFor"/>.</summary>
    RunnableForLong,

    /// <summary>Goroutines were runnable, and none had a turn for <see cref="FlightRecorderOptions.WhenStalledFor"/>.</summary>
    Stall,

    /// <summary>A panic was reported.</summary>
    Panic,

    /// <summary>No goroutine could run while Main waited.</summary>
    DeadlockSuspected,

    /// <summary>A command to the event source <c>Goroutines</c> requested it.</summary>
    Command,
}
