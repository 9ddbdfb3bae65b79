namespace Goroutines.Testing;

/// <summary>How a schedule failed.</summary>
public enum FailureKind
{
    /// <summary>An exception left the body, or a goroutine that nobody joined.</summary>
    Exception,

    /// <summary>Every goroutine was blocked, no timer was left, and the body had not ended.</summary>
    Deadlock,

    /// <summary>The body had ended, and goroutines were left that can never go on.</summary>
    Leak,

    /// <summary>A goroutine waited for something outside of the test for longer than allowed.</summary>
    Outside,

    /// <summary>The schedule had more steps than allowed: an endless loop, or too much for one exploration.</summary>
    StepLimit,

    /// <summary>The body did not repeat what it had done before under the same choices, so it depends on something the explorer does not see.</summary>
    NotRepeatable,

    /// <summary>The schedule took more real time than allowed: a loop that does not give way, or a goroutine that blocks its thread.</summary>
    RealLimit,

    /// <summary>The test took more virtual time than allowed.</summary>
    VirtualLimit,

    /// <summary>The race detector found a data race. The failure is a <see cref="DataRaceException"/>; its inner exception is what else went wrong, if anything did.</summary>
    DataRace,
}
