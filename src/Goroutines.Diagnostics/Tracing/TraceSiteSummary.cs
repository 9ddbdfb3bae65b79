namespace Goroutines.Diagnostics;

/// <summary>What the goroutines of one creation site did during a trace.</summary>
/// <remarks>It does not change. Quantiles are right to about a tenth.</remarks>
public sealed class TraceSiteSummary
{
    internal TraceSiteSummary(string name, string createdAt, TraceHistogram runTimes, TraceHistogram readyTimes, IReadOnlyDictionary<string, TraceHistogram> waitTimes)
    {
        Name = name;
        CreatedAt = createdAt;
        RunTimes = runTimes;
        ReadyTimes = readyTimes;
        WaitTimes = waitTimes;
        Waiting = waitTimes.ToDictionary(static wait => wait.Key, static wait => wait.Value.Total);
    }

    /// <summary>The method of the goroutines' body.</summary>
    public string Name { get; }

    /// <summary>Where they were created, as <c>file:line</c>; empty when that is unknown.</summary>
    public string CreatedAt { get; }

    /// <summary>How many different goroutines had turns.</summary>
    public long Goroutines { get; internal set; }

    /// <summary>How many turns they had.</summary>
    public long Turns => RunTimes.Count;

    /// <summary>How long they ran in all.</summary>
    public TimeSpan Running => RunTimes.Total;

    /// <summary>The longest turn.</summary>
    public TimeSpan LongestTurn => RunTimes.Longest;

    /// <summary>99 of 100 turns were no longer than this.</summary>
    public TimeSpan Turn99 => RunTimes.Quantile(0.99);

    /// <summary>How long they were runnable and had no turn, in all.</summary>
    public TimeSpan Runnable => ReadyTimes.Total;

    /// <summary>The longest time that one of them was runnable before its turn.</summary>
    public TimeSpan LongestRunnable => ReadyTimes.Longest;

    /// <summary>99 of 100 times they were runnable for no longer than this before a turn.</summary>
    public TimeSpan Runnable99 => ReadyTimes.Quantile(0.99);

    /// <summary>How long they were in blocking regions, in all.</summary>
    public TimeSpan InBlockingRegions { get; internal set; }

    /// <summary>How long they waited, in all, by the reason in Go's words ("chan receive", "select", "sleep" …).</summary>
    public IReadOnlyDictionary<string, TimeSpan> Waiting { get; }

    /// <summary>How long their turns were, without the parts in blocking regions.</summary>
    public TraceHistogram RunTimes { get; }

    /// <summary>How long they were runnable before a turn: Go's scheduling latency.</summary>
    public TraceHistogram ReadyTimes { get; }

    /// <summary>How long they waited, by the reason in Go's words. A wait that goes on when the trace is taken counts as long as it has lasted.</summary>
    public IReadOnlyDictionary<string, TraceHistogram> WaitTimes { get; }
}
