namespace Goroutines.Testing;

/// <summary>How a schedule failed.</summary>
public enum FailureKind
{
    /// <summary>An exception escaped the body, or a goroutine that was never joined.</summary>
    Exception,

    /// <summary>Every goroutine was blocked, no timer was left, and the body had not ended.</summary>
    Deadlock,

    /// <summary>The body had ended, and goroutines were left that could never continue.</summary>
    Leak,

    /// <summary>The test waited for an external event for longer than allowed.</summary>
    Outside,

    /// <summary>The schedule took more steps than allowed: it has an endless loop, or is too long to explore.</summary>
    StepLimit,

    /// <summary>The body behaved differently under the same choices. It depends on something that the explorer does not see.</summary>
    NotRepeatable,

    /// <summary>The schedule took more real time than allowed: a loop does not yield, or a goroutine blocks its thread.</summary>
    RealLimit,

    /// <summary>The test took more virtual time than allowed.</summary>
    VirtualLimit,

    /// <summary>The race detector found a data race. The failure is a <see cref="DataRaceException"/>; its inner exception is the other
    /// failure of the schedule, if there was one.</summary>
    DataRace,
}
