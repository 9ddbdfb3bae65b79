namespace Goroutines.Diagnostics;

/// <summary>What <see cref="GoLeaks.FindAsync"/> found. It does not change.</summary>
public sealed class LeakReport
{
    internal LeakReport(DateTimeOffset time, long collected, IReadOnlyList<Finding> findings)
    {
        Time = time;
        Collected = collected;
        Findings = findings;
    }

    /// <summary>When it was looked, by the runtime's clock.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>How many goroutines of the runtime have been garbage collected while parked since it began, those of this search included.</summary>
    public long Collected { get; }

    /// <summary>What is leaked, or may be: goroutines that were collected while parked, that nothing can wake, that wait for each other, or that may
    /// have been forgotten; what is proved first.</summary>
    public IReadOnlyList<Finding> Findings { get; }
}
