using System.Globalization;
using System.Text;

namespace Goroutines.Diagnostics;

/// <summary>Sums up where the time went during a trace, by creation site. It answers most questions without a viewer.</summary>
/// <remarks>Immutable.</remarks>
public sealed class TraceSummary
{
    internal TraceSummary(TimeSpan duration, IReadOnlyList<TraceSiteSummary> sites, IReadOnlyList<TraceSpike> spikes, IReadOnlyList<TraceTaskSummary> tasks, int collections, TimeSpan collectionPauses)
    {
        Duration = duration;
        Sites = sites;
        Spikes = spikes;
        Tasks = tasks;
        Collections = collections;
        CollectionPauses = collectionPauses;
    }

    /// <summary>Gets the length of the trace.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Gets the creation sites, in order of the time that their goroutines ran, longest first.</summary>
    public IReadOnlyList<TraceSiteSummary> Sites { get; }

    /// <summary>Gets the longest times that goroutines were runnable before a turn, at most ten, longest first.</summary>
    public IReadOnlyList<TraceSpike> Spikes { get; }

    /// <summary>Gets the tasks by name, in order of their total time, longest first. It is empty if the program has none.</summary>
    public IReadOnlyList<TraceTaskSummary> Tasks { get; }

    /// <summary>Gets the number of garbage collections.</summary>
    public int Collections { get; }

    /// <summary>Gets how long they paused the program in total.</summary>
    public TimeSpan CollectionPauses { get; }

    /// <summary>Returns the summary as text, in tables.</summary>
    /// <returns>Lines, each with a line end.</returns>
    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Duration.TotalSeconds:F3} s traced, {Collections} garbage collections ({Text(CollectionPauses)} paused)");
        text.AppendLine();
        text.AppendLine("   running   longest       p99  runnable   longest       p99     turns    gs  site");
        foreach (TraceSiteSummary site in Sites)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Text(site.Running),10}{Text(site.LongestTurn),10}{Text(site.Turn99),10}{Text(site.Runnable),10}");
            text.Append(CultureInfo.InvariantCulture, $"{Text(site.LongestRunnable),10}{Text(site.Runnable99),10}{site.Turns,10}{site.Goroutines,6}  {site.Name}");
            text.AppendLine(site.CreatedAt.Length == 0 ? "" : $" ({site.CreatedAt})");
            if (site.Waiting.Count != 0 || site.InBlockingRegions != TimeSpan.Zero)
            {
                IEnumerable<string> waits = site.Waiting.OrderByDescending(static wait => wait.Value).Select(static wait => $"{wait.Key} {Text(wait.Value)}");
                waits = site.InBlockingRegions == TimeSpan.Zero ? waits : waits.Append($"blocking regions {Text(site.InBlockingRegions)}");
                text.Append("            waited: ").AppendJoin(", ", waits).AppendLine();
            }
        }

        if (Tasks.Count != 0)
        {
            text.AppendLine();
            text.AppendLine("     count       p50       p99   longest  task");
            foreach (TraceTaskSummary task in Tasks)
            {
                text.Append(CultureInfo.InvariantCulture, $"{task.Times.Count,10}{Text(task.Times.Quantile(0.5)),10}{Text(task.Times.Quantile(0.99)),10}{Text(task.Times.Longest),10}  {task.Name}");
                text.AppendLine(task.Unfinished == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {task.Unfinished} that began before the trace or had not ended)"));
            }
        }

        if (Spikes.Count != 0)
        {
            text.AppendLine();
            text.AppendLine("Longest times runnable before a turn:");
            foreach (TraceSpike spike in Spikes)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Text(spike.RunnableFor),10}  goroutine {spike.Goroutine} {spike.Name}, at {Text(spike.At)}; meanwhile {spike.Turns} turns");
                text.AppendLine(spike.LongestTurn.Length == 0 ? "" : $", the longest {Text(spike.LongestTurnFor)} of {spike.LongestTurn}");
            }
        }

        return text.ToString();
    }

    private static string Text(TimeSpan time) => time.TotalSeconds >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2} s")
        : time.TotalMilliseconds >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F2} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:F1} µs");
}
