namespace Goroutines.Testing.Driving;

/// <summary>The limits of one test or schedule. <see cref="Timeout.InfiniteTimeSpan"/> means no limit.</summary>
/// <param name="OutsideGrace">How long, in real time, goroutines that wait for something outside hold the clock. After that, they count as
/// blocked.</param>
/// <param name="OutsideLimit">How long, in real time, the test may wait for something outside while nothing else runs. After that, it
/// fails.</param>
/// <param name="RealLimit">How long the test may take in real time. After that, it fails.</param>
/// <param name="VirtualLimit">How long the test may take in virtual time. After that, it fails.</param>
internal readonly record struct TestLimits(TimeSpan OutsideGrace, TimeSpan OutsideLimit, TimeSpan RealLimit, TimeSpan VirtualLimit)
{
    /// <summary>The pause between calls of <see cref="TestDriver.Look"/>, in nanoseconds: 20 ms or, if it is shorter, the grace, but at
    /// least 1 ms.</summary>
    internal long LookEvery => OutsideGrace > TimeSpan.Zero ? (long)Math.Clamp(OutsideGrace.TotalNanoseconds, 1_000_000, 20_000_000) : 20_000_000;
}
