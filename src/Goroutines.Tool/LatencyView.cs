using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Goroutines.Tool;

/// <summary>The view of <c>goroutines latency</c>: for each creation site the lengths of turns, of the times before a turn and of waits,
/// each with a one-line histogram.</summary>
internal static class LatencyView
{
    // The histogram has a bar for each doubling, from 64 ns to 64 s.
    private const int FirstDoubling = 6;
    private const int LastDoubling = 36;
    private const string Bars = "▁▂▃▄▅▆▇█";

    internal static async Task<int> RunAsync(int process, bool flight, int seconds, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        using Target target = Target.Of(process);
        using MemoryStream answer = new();
        string path = flight ? "flight?format=latency" : string.Create(CultureInfo.InvariantCulture, $"trace?seconds={seconds}&format=latency");
        await target.CopyAsync(flight ? HttpMethod.Get : HttpMethod.Post, path, answer, cancellationToken).ConfigureAwait(false);
        string text = Encoding.UTF8.GetString(answer.GetBuffer().AsSpan(0, (int)answer.Length));
        if (json)
        {
            await output.WriteLineAsync(text).ConfigureAwait(false);
            return 0;
        }

        using JsonDocument document = JsonDocument.Parse(text);
        await output.WriteAsync(Format(document.RootElement)).ConfigureAwait(false);
        return 0;
    }

    internal static string Format(JsonElement latency)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Durations.Text(latency.GetProperty("duration").GetInt64())} traced, {latency.GetProperty("collections").GetInt32()} garbage collections");
        text.AppendLine(CultureInfo.InvariantCulture, $" ({Durations.Text(latency.GetProperty("pauses").GetInt64())} paused)");
        foreach (JsonElement task in latency.GetProperty("tasks").EnumerateArray())
        {
            text.AppendLine().Append("task ").Append(task.GetProperty("name").GetString());
            text.AppendLine(task.GetProperty("unfinished").GetInt64() is var unfinished and > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({unfinished} more under way)") : "");
            AppendLine(text, "takes", task.GetProperty("times"));
        }

        foreach (JsonElement site in latency.GetProperty("sites").EnumerateArray())
        {
            string created = site.GetProperty("createdAt").GetString()!;
            text.AppendLine().Append(site.GetProperty("name").GetString()).Append(created.Length == 0 ? "" : $" ({created})");
            text.AppendLine(CultureInfo.InvariantCulture, $", {site.GetProperty("goroutines").GetInt64():N0} goroutine{(site.GetProperty("goroutines").GetInt64() == 1 ? "" : "s")}");
            AppendLine(text, "runs", site.GetProperty("run"));
            AppendLine(text, "ready", site.GetProperty("ready"));
            foreach (JsonElement wait in site.GetProperty("waits").EnumerateArray())
            {
                AppendLine(text, wait.GetProperty("reason").GetString()!, wait);
            }
        }

        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, string what, JsonElement times)
    {
        long count = times.GetProperty("count").GetInt64();
        if (count != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {what,-24}{count,10:N0} ×  p50 {Durations.Text(times.GetProperty("p50").GetInt64()),8}  p99 {Durations.Text(times.GetProperty("p99").GetInt64()),8}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  longest {Durations.Text(times.GetProperty("longest").GetInt64()),8}  {Histogram(times.GetProperty("buckets"))}");
        }
    }

    /// <summary>Draws a histogram with a bar per doubling. A bar's height is logarithmic. Empty bars are blanks, without blanks at the
    /// end.</summary>
    private static string Histogram(JsonElement buckets)
    {
        long[] counts = new long[LastDoubling - FirstDoubling + 1];
        foreach (JsonElement bucket in buckets.EnumerateArray())
        {
            counts[Math.Clamp(BitOperations.Log2((ulong)bucket[0].GetInt64() + 1) - FirstDoubling, 0, counts.Length - 1)] += bucket[1].GetInt64();
        }

        double most = Math.Log(1 + counts.Max());
        return string.Concat(counts.Select(count => count == 0 ? ' ' : Bars[(int)Math.Min(Bars.Length - 1, Bars.Length * Math.Log(1 + count) / most)])).TrimEnd();
    }
}
