namespace Goroutines.Diagnostics;

/// <summary>The result of <see cref="GoLeaks.FindAsync"/>. It is immutable.</summary>
public sealed class LeakReport
{
    internal LeakReport(DateTimeOffset time, long collected, IReadOnlyList<Finding> findings)
    {
        Time = time;
        Collected = collected;
        Findings = findings;
    }

    /// <summary>Gets the time of the search, by the runtime's clock.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Gets how many goroutines of the runtime have been garbage collected while parked since it started, including those of this
    /// search.</summary>
    public long Collected { get; }

    /// <summary>Gets the leaks and possible leaks, proved ones first: goroutines that were collected while parked, that nothing can wake,
    /// that wait for each other, or that may have been forgotten.</summary>
    public IReadOnlyList<Finding> Findings { get; }
}
