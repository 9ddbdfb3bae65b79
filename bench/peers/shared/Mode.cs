namespace Goroutines.Peers;

/// <summary>How long to warm up and to measure.</summary>
internal sealed record Mode(TimeSpan SmallRounds, int MinSmallRounds, TimeSpan FullRounds, TimeSpan Measured, int MinRepetitions)
{
    public static readonly Mode Thorough = new(
        SmallRounds: TimeSpan.FromSeconds(0.8), MinSmallRounds: 100, FullRounds: TimeSpan.FromSeconds(1),
        Measured: TimeSpan.FromSeconds(1), MinRepetitions: 5);

    /// <summary>One repetition without warm-up: does it run at all.</summary>
    public static readonly Mode Smoke = new(TimeSpan.Zero, 0, TimeSpan.Zero, TimeSpan.Zero, MinRepetitions: 1);
}
