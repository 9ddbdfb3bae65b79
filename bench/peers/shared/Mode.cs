namespace Goroutines.Peers;

/// <summary>How long to warm up and to measure.</summary>
internal sealed record Mode(TimeSpan SmallRounds, int MinSmallRounds, TimeSpan FullRounds, TimeSpan Measured, int MinRepetitions, bool Fresh = false)
{
    public static readonly Mode Thorough = new(
        // With one processor the JIT waits ten times as long, 1 s without new methods, before it compiles anew.
        SmallRounds: TimeSpan.FromSeconds(Environment.ProcessorCount == 1 ? 6 : 0.8), MinSmallRounds: 100, FullRounds: TimeSpan.FromSeconds(1),
        Measured: TimeSpan.FromSeconds(1), MinRepetitions: 5);

    /// <summary>What a short program does: half a second after a tenth of the work as warm-up, and all of it counts (the mean, not the median).</summary>
    public static readonly Mode Cold = new(TimeSpan.Zero, 0, TimeSpan.Zero, TimeSpan.FromSeconds(0.4), MinRepetitions: 1, Fresh: true);

    /// <summary>One repetition without warm-up: does it run at all.</summary>
    public static readonly Mode Smoke = new(TimeSpan.Zero, 0, TimeSpan.Zero, TimeSpan.Zero, MinRepetitions: 1);
}
