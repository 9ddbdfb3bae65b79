namespace Goroutines.Diagnostics;

/// <summary>Sums up what the goroutines of one creation site did during a trace.</summary>
/// <remarks>Immutable. Quantiles are accurate to about a tenth.</remarks>
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

    /// <summary>Gets the method of the goroutines' body.</summary>
    public string Name { get; }

    /// <summary>Gets where they were created, as <c>file:line</c>; empty if unknown.</summary>
    public string CreatedAt { get; }

    /// <summary>Gets how many different goroutines had turns.</summary>
    public long Goroutines { get; internal set; }

    /// <summary>Gets how many turns they had.</summary>
    public long Turns => RunTimes.Count;

    /// <summary>Gets how long they ran in total.</summary>
    public TimeSpan Running => RunTimes.Total;

    /// <summary>Gets the length of the longest turn.</summary>
    public TimeSpan LongestTurn => RunTimes.Longest;

    /// <summary>Gets the 99th percentile of the lengths of turns.</summary>
    public TimeSpan Turn99 => RunTimes.Quantile(0.99);

    /// <summary>Gets how long they were runnable without a turn, in total.</summary>
    public TimeSpan Runnable => ReadyTimes.Total;

    /// <summary>Gets the longest time that one of them was runnable before a turn.</summary>
    public TimeSpan LongestRunnable => ReadyTimes.Longest;

    /// <summary>Gets the 99th percentile of the times that they were runnable before a turn.</summary>
    public TimeSpan Runnable99 => ReadyTimes.Quantile(0.99);

    /// <summary>Gets how long they were in blocking regions, in total.</summary>
    public TimeSpan InBlockingRegions { get; internal set; }

    /// <summary>Gets how long they waited in total, by the reason in Go's words ("chan receive", "select", "sleep" …).</summary>
    public IReadOnlyDictionary<string, TimeSpan> Waiting { get; }

    /// <summary>Gets the lengths of their turns, without the parts in blocking regions.</summary>
    public TraceHistogram RunTimes { get; }

    /// <summary>Gets the times that they were runnable before a turn (Go's scheduling latency).</summary>
    public TraceHistogram ReadyTimes { get; }

    /// <summary>Gets the lengths of their waits, by the reason in Go's words. A wait that is not over at the end of the trace counts with
    /// its length so far.</summary>
    public IReadOnlyDictionary<string, TraceHistogram> WaitTimes { get; }
}
