namespace Goroutines.Peers;

/// <summary>How long to warm up and to measure.</summary>
internal sealed record Mode(TimeSpan SmallRounds, int MinSmallRounds, TimeSpan FullRounds, TimeSpan Measured, int MinRepetitions)
{
    public static readonly Mode Thorough = new(
        // With one processor the JIT waits ten times as long, 1 s without new methods, before it compiles anew.
        SmallRounds: TimeSpan.FromSeconds(Environment.ProcessorCount == 1 ? 6 : 0.8), MinSmallRounds: 100, FullRounds: TimeSpan.FromSeconds(1),
        Measured: TimeSpan.FromSeconds(1), MinRepetitions: 5);

    /// <summary>One repetition without warm-up: does it run at all.</summary>
    public static readonly Mode Smoke = new(TimeSpan.Zero, 0, TimeSpan.Zero, TimeSpan.Zero, MinRepetitions: 1);
}
