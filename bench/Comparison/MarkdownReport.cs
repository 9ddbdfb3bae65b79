using System.Globalization;
using System.Text;

namespace Goroutines.Comparison;

/// <summary>The comparison as a table to read.</summary>
internal static class MarkdownReport
{
    public static string Table(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder();
        text.AppendLine("| workload | unit | ours | Go | warm | default | at most | stretch | cold | aot | at most | .NET | ours/.NET | ours, bytes allocated per op |");
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var row in rows)
        {
            string[] cells =
            [
                row.Line.Label,
                row.Line.Unit,
                Number(row.Ours),
                Number(row.Go),
                Marked(row.OursToGo, row.Verdict),
                Marked(row.DefaultToGo, row.DefaultVerdict),
                Number(row.Line.Bound),
                Number(row.Line.Stretch),
                Marked(row.ColdToGo, row.ColdVerdict),
                Marked(row.AotToGo, row.AotVerdict),
                Number(row.Line.ColdBound),
                Number(row.DotNet),
                Ratio(row.OursToDotNet),
                row.OursAllocatedBytes is { } bytes ? bytes.ToString("0.##", CultureInfo.InvariantCulture) : "",
            ];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |");
        }
        return text.ToString();
    }

    public static string Write(Report report)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks");
        text.AppendLine();
        text.AppendLine("Written by `bench/compare`. Each side runs the same workloads, one after the other on the same machine;");
        text.AppendLine(CultureInfo.InvariantCulture, $"figures are medians of the rounds ({report.Rounds}). What counts is the ratio: below 1, ours is the faster.");
        if (report.Smoke)
        {
            text.AppendLine();
            text.AppendLine("**This was a smoke run: it shows that everything runs; the figures mean nothing.**");
        }
        text.AppendLine();
        text.AppendLine("![ours/Go by workload](latest.svg)");
        text.AppendLine();
        text.Append(Table(report.Rows));
        text.AppendLine();
        text.AppendLine("""
            The columns from *warm* to *aot* are ours/Go; bold is above its bound. *warm*: after the JIT's last tier, with the settings that the guide
            advises. *default*: the same in a project without settings, with the concurrent collector. *cold*: the first half second of a fresh
            process without settings, after a tenth of the work as warm-up, beside Go measured in the same way. *aot*: the same, published natively.
            """);
        text.AppendLine();
        text.AppendLine("Elapsed time of `sleepers` can't fall below the longest sleep, 1000 ns for each of 100,000.");
        text.AppendLine();
        text.AppendLine("| | |");
        text.AppendLine("|---|---|");
        text.AppendLine(CultureInfo.InvariantCulture, $"| taken | {report.Taken:yyyy-MM-dd HH:mm} UTC |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| machine | {report.Machine.Processors} × {report.Machine.Processor}, {report.Machine.Memory}, {report.Machine.System} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| load averages before | {report.Machine.LoadBefore} |");
        foreach (var peer in report.Peers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {peer.Name} | {peer.Runtime}, {peer.Settings} |");
        }
        if (report.Peers.All(peer => peer.Name != Peer.Go))
        {
            text.AppendLine("| go | no toolchain on this machine, and none could be fetched |");
        }
        if (report.Samples.Failures.Count > 0)
        {
            text.AppendLine();
            text.AppendLine("Failed:");
            text.AppendLine();
            foreach (var failure in report.Samples.Failures)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- {failure.ReplaceLineEndings(" ")}");
            }
        }
        return text.ToString();
    }

    /// <summary>Three digits that count.</summary>
    private static string Number(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.0#", CultureInfo.InvariantCulture),
    };

    /// <summary>Bold: above its bound.</summary>
    private static string Marked(double? ratio, Verdict verdict) => verdict == Verdict.Missed ? $"**{Ratio(ratio)}**" : Ratio(ratio);

    private static string Ratio(double? value) => value?.ToString(value < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) ?? "";
}
