namespace Goroutines.Hosting;

/// <summary>When the health check of the host's goroutines finds them unwell.</summary>
public sealed class GoroutinesHealthOptions
{
    /// <summary>How long a new goroutine may wait for its first turn. Default: five seconds. Longer: the workers do not keep up, and the check fails.</summary>
    public TimeSpan LongestStart { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After how long a goroutine that waits for others to act counts as stalled: for a lock, a semaphore, a group, a receiver. Default: one
    /// minute. Waits for something to do (a receive, a select, a sleep, the network) never count.</summary>
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The share of goroutines that may be stalled, from 0 to 1. Default: 0.5.</summary>
    public double MostStalled { get; set; } = 0.5;

    /// <summary>With no more stalled goroutines than this, the share does not matter. Default: 10.</summary>
    public int FewStalled { get; set; } = 10;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(LongestStart, TimeSpan.Zero, nameof(LongestStart));
        ArgumentOutOfRangeException.ThrowIfLessThan(StalledAfter, TimeSpan.Zero, nameof(StalledAfter));
        ArgumentOutOfRangeException.ThrowIfNegative(MostStalled, nameof(MostStalled));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MostStalled, 1, nameof(MostStalled));
        ArgumentOutOfRangeException.ThrowIfNegative(FewStalled, nameof(FewStalled));
    }
}
