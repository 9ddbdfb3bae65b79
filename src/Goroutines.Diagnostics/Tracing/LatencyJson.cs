using System.Text.Json;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Writes the histograms of a trace as JSON: for each creation site the turns, the times before a turn, and the waits by reason;
/// also the tasks by name.</summary>
/// <remarks>
/// <code>
/// { "duration": ns, "collections": n, "pauses": ns, "count": sites,
///   "sites": [{ "name", "createdAt", "goroutines", "blocking": ns, "run": H, "ready": H, "waits": [{ "reason", … as H }] }],
///   "tasks": [{ "name", "unfinished", "times": H }],
///   "spikes": [{ "goroutine", "name", "at", "ready", "turns", "longest", "longestOf" }] }
/// H: { "count", "total", "p50", "p90", "p99", "longest", "buckets": [[up to, count]] }
/// </code>
/// All times are nanoseconds. At most <see cref="MostSites"/> sites are written: those whose goroutines ran or were ready for longest.
/// </remarks>
internal static class LatencyJson
{
    internal const int MostSites = 200;

    internal static void Write(TraceSummary summary, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("duration"u8, summary.Duration.Ticks * 100);
        json.WriteNumber("collections"u8, summary.Collections);
        json.WriteNumber("pauses"u8, summary.CollectionPauses.Ticks * 100);
        json.WriteNumber("count"u8, summary.Sites.Count);
        json.WriteStartArray("sites"u8);
        foreach (TraceSiteSummary site in summary.Sites.OrderByDescending(static site => site.RunTimes.TotalNanoseconds + site.ReadyTimes.TotalNanoseconds).Take(MostSites))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, site.Name);
            json.WriteString("createdAt"u8, site.CreatedAt);
            json.WriteNumber("goroutines"u8, site.Goroutines);
            json.WriteNumber("blocking"u8, site.InBlockingRegions.Ticks * 100);
            WriteHistogram(json, "run", site.RunTimes);
            WriteHistogram(json, "ready", site.ReadyTimes);
            json.WriteStartArray("waits"u8);
            foreach ((string reason, TraceHistogram times) in site.WaitTimes.OrderByDescending(static wait => wait.Value.TotalNanoseconds))
            {
                json.WriteStartObject();
                json.WriteString("reason"u8, reason);
                WriteFields(json, times);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTasks(summary, json);
        WriteSpikes(summary, json);
        json.WriteEndObject();
    }

    private static void WriteTasks(TraceSummary summary, Utf8JsonWriter json)
    {
        json.WriteStartArray("tasks"u8);
        foreach (TraceTaskSummary task in summary.Tasks.Take(MostSites))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, task.Name);
            json.WriteNumber("unfinished"u8, task.Unfinished);
            WriteHistogram(json, "times", task.Times);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSpikes(TraceSummary summary, Utf8JsonWriter json)
    {
        json.WriteStartArray("spikes"u8);
        foreach (TraceSpike spike in summary.Spikes)
        {
            json.WriteStartObject();
            json.WriteNumber("goroutine"u8, spike.Goroutine);
            json.WriteString("name"u8, spike.Name);
            json.WriteNumber("at"u8, spike.At.Ticks * 100);
            json.WriteNumber("ready"u8, spike.RunnableFor.Ticks * 100);
            json.WriteNumber("turns"u8, spike.Turns);
            json.WriteNumber("longest"u8, spike.LongestTurnFor.Ticks * 100);
            json.WriteString("longestOf"u8, spike.LongestTurn);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHistogram(Utf8JsonWriter json, string name, TraceHistogram times)
    {
        json.WriteStartObject(name);
        WriteFields(json, times);
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, TraceHistogram times)
    {
        json.WriteNumber("count"u8, times.Count);
        json.WriteNumber("total"u8, times.TotalNanoseconds);
        json.WriteNumber("p50"u8, times.QuantileNanoseconds(0.5));
        json.WriteNumber("p90"u8, times.QuantileNanoseconds(0.9));
        json.WriteNumber("p99"u8, times.QuantileNanoseconds(0.99));
        json.WriteNumber("longest"u8, times.LongestNanoseconds);
        json.WriteStartArray("buckets"u8);
        foreach (TraceHistogramBucket bucket in times.Buckets)
        {
            json.WriteStartArray();
            json.WriteNumberValue(bucket.UpToNanoseconds);
            json.WriteNumberValue(bucket.Count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
