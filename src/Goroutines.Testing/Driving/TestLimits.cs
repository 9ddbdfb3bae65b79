namespace Goroutines.Testing.Driving;

/// <summary>The bounds of one test or schedule; <see cref="Timeout.InfiniteTimeSpan"/>: none.</summary>
/// <param name="OutsideGrace">After how much real time goroutines that wait for something outside count as blocked.</param>
/// <param name="OutsideLimit">After how much real time in which nothing went on a wait for something outside is a failure.</param>
/// <param name="RealLimit">After how much real time the test is a failure.</param>
/// <param name="VirtualLimit">After how much virtual time it is one.</param>
internal readonly record struct TestLimits(TimeSpan OutsideGrace, TimeSpan OutsideLimit, TimeSpan RealLimit, TimeSpan VirtualLimit)
{
    /// <summary>How often <see cref="TestDriver.Look"/> is to be called, in nanoseconds: 50 times a second, or as often as the grace asks for.</summary>
    internal long LookEvery => OutsideGrace > TimeSpan.Zero ? (long)Math.Clamp(OutsideGrace.TotalNanoseconds, 1_000_000, 20_000_000) : 20_000_000;
}
