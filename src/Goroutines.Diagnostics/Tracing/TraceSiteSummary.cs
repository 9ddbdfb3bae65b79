namespace Goroutines.Diagnostics;

/// <summary>What the goroutines of one creation site did during a trace.</summary>
/// <remarks>It does not change. Quantiles are right to about a tenth.</remarks>
public sealed class TraceSiteSummary
{
    internal TraceSiteSummary(string name, string createdAt)
    {
        Name = name;
        CreatedAt = createdAt;
    }

    /// <summary>The method of the goroutines' body.</summary>
    public string Name { get; }

    /// <summary>Where they were created, as <c>file:line</c>; empty when that is unknown.</summary>
    public string CreatedAt { get; }

    /// <summary>How many different goroutines had turns.</summary>
    public long Goroutines { get; internal set; }

    /// <summary>How many turns they had.</summary>
    public long Turns { get; internal set; }

    /// <summary>How long they ran in all.</summary>
    public TimeSpan Running { get; internal set; }

    /// <summary>The longest turn.</summary>
    public TimeSpan LongestTurn { get; internal set; }

    /// <summary>99 of 100 turns were no longer than this.</summary>
    public TimeSpan Turn99 { get; internal set; }

    /// <summary>How long they were runnable and had no turn, in all.</summary>
    public TimeSpan Runnable { get; internal set; }

    /// <summary>The longest time that one of them was runnable before its turn.</summary>
    public TimeSpan LongestRunnable { get; internal set; }

    /// <summary>99 of 100 times they were runnable for no longer than this before a turn.</summary>
    public TimeSpan Runnable99 { get; internal set; }

    /// <summary>How long they were in blocking regions, in all.</summary>
    public TimeSpan InBlockingRegions { get; internal set; }

    /// <summary>How long they waited, in all, by the reason in Go's words ("chan receive", "select", "sleep" …).</summary>
    public IReadOnlyDictionary<string, TimeSpan> Waiting { get; internal set; } = new Dictionary<string, TimeSpan>();
}
