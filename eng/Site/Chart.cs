using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace SiteBuilder;

/// <summary>The measured figures as bars in HTML: text that can be read on a phone, in the colours of the page.</summary>
internal static class Chart
{
    private const double Widest = 1.25; // times Go's; what is longer is cut off, and its number says how long it is

    /// <summary>The rows for the landing page, among them those that are not better than Go.</summary>
    public static readonly IReadOnlySet<string> Headline = new HashSet<string>
    {
        "spawn", "chansync", "prodcons100", "select2", "mutex", "skynet", "echo", "parked, resident", "parked, spawn", "stackful",
    };

    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["spawn"] = "start a goroutine and see it end",
        ["chansync"] = "hand over on an unbuffered channel",
        ["prodcons0"] = "producer and consumer, no buffer",
        ["prodcons10"] = "producer and consumer, buffer of 10",
        ["prodcons100"] = "producer and consumer, buffer of 100",
        ["fanin"] = "many senders, one receiver",
        ["select2"] = "select over two channels",
        ["selectdefault"] = "select with default",
        ["mutex"] = "lock and unlock, contended",
        ["gosched"] = "yield",
        ["sieve"] = "prime sieve",
        ["skynet"] = "a tree of a million goroutines",
        ["sleepers"] = "a hundred thousand sleepers",
        ["sleepers, processor time"] = "a hundred thousand sleepers, processor time",
        ["parked, resident"] = "memory of a parked goroutine",
        ["parked, spawn"] = "start a million that all park",
        ["parked, wake"] = "wake a million",
        ["parked, first spawn"] = "start the first million of a process",
        ["hog, p50"] = "latency beside endless loops, median",
        ["hog, p99"] = "latency beside endless loops, 99th percentile",
        ["garbage beside 1M parked"] = "allocate beside a million goroutines",
        ["garbage, sleep late by, p50"] = "how late sleeps end beside garbage, median",
        ["garbage, sleep late by, p99"] = "how late sleeps end beside garbage, 99th percentile",
        ["garbage, sleep late by, worst"] = "how late sleeps end beside garbage, worst",
        ["garbage, full collection"] = "a full collection with a million goroutines",
        ["echo"] = "TCP echo",
        ["stackful"] = "hand over between synchronous bodies",
    };

    /// <summary>Returns the chart of the rows whose labels are given, or of all.</summary>
    public static string Of(string root, IReadOnlySet<string>? labels)
    {
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "docs/benchmarks/latest.json")));
        var html = new StringBuilder("<div class=\"chart\" role=\"table\" aria-label=\"Each workload as a share of Go's figure\">\n");
        foreach (JsonElement row in report.RootElement.GetProperty("rows").EnumerateArray())
        {
            string label = row.GetProperty("label").GetString()!;
            if ((labels?.Contains(label) ?? true) && row.TryGetProperty("oursToGo", out JsonElement value) && value.ValueKind == JsonValueKind.Number)
            {
                double ratio = value.GetDouble();
                string width = (Math.Min(ratio, Widest) / Widest * 100).ToString("0.#", CultureInfo.InvariantCulture);
                string kind = ratio <= 0.95 ? "better" : ratio <= 1.05 ? "same" : "worse";
                html.Append($"<div role=\"row\"><span role=\"rowheader\">{WebUtility.HtmlEncode(s_names.GetValueOrDefault(label, label))}</span>")
                    .Append($"<span role=\"cell\" class=\"bar {kind}\"><i style=\"width:{width}%\"></i><b>{Number(ratio)}</b></span></div>\n");
            }
        }

        return html.Append("</div>\n").ToString();
    }

    private static string Number(double ratio) => ratio.ToString(ratio < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);
}
