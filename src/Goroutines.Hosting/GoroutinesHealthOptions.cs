namespace Goroutines.Hosting;

/// <summary>The limits of the health check of the host's goroutines.</summary>
public sealed class GoroutinesHealthOptions
{
    /// <summary>Gets or sets how long a new goroutine may wait for its first turn. If it waits longer, the check fails, because the workers
    /// do not keep up. The default is five seconds.</summary>
    public TimeSpan LongestStart { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how long a goroutine may wait for others to act (for a lock, a semaphore, a group or a receiver) before it
    /// counts as stalled. Waits for something to do (a receive, a select, a sleep, the network) never count. The default is one
    /// minute.</summary>
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets the share of all goroutines that may be stalled, from 0 to 1. The default is 0.5.</summary>
    public double MostStalled { get; set; } = 0.5;

    /// <summary>Gets or sets the number of stalled goroutines up to which the share is ignored. The default is 10.</summary>
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
