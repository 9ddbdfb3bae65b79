using System.Globalization;
using System.Text;

namespace Goroutines.ClusterComparison;

/// <summary>The comparison as a page to read.</summary>
internal static class MarkdownReport
{
    public static string Write(Results results)
    {
        StringBuilder text = new();
        text.Append(Resource("introduction.md"));
        if (results.Smoke)
        {
            text.AppendLine();
            text.AppendLine("**This was a smoke run: it shows that everything runs; the figures mean nothing.**");
        }

        Section(text, "The bounds");
        Bounds(text, results);
        Section(text, "All figures");
        text.Append(Table(results));
        text.AppendLine();
        text.Append(Resource("rows.md"));
        Section(text, "How it was taken");
        Circumstances(text, results);
        return text.ToString();
    }

    /// <summary>The figures alone.</summary>
    public static string Table(Results results)
    {
        StringBuilder text = new();
        Side[] others = [.. results.Sides.Select(static run => run.Side).Where(static side => !side.IsOurs)];
        text.AppendLine(CultureInfo.InvariantCulture, $"| row | unit | ours |{string.Concat(others.Select(static side => $" {side.Title} |"))}");
        text.AppendLine(CultureInfo.InvariantCulture, $"|---|---|--:|{string.Concat(others.Select(static _ => "--:|"))}");
        foreach (Line line in results.Lines)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {line.Label} | {line.Unit} | {Number(results.Median(Side.Ours, line))} |{string.Concat(others.Select(side => $" {Cell(results, side, line)} |"))}");
        }

        return text.ToString();
    }

    private static void Section(StringBuilder text, string heading)
    {
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {heading}");
        text.AppendLine();
    }

    private static void Bounds(StringBuilder text, Results results)
    {
        text.AppendLine("| row | bound | measured | |");
        text.AppendLine("|---|---|--:|---|");
        foreach (Line line in results.Lines.Where(line => results.Bounded(line) is not null))
        {
            double measured = results.Bounded(line)!.Value;
            string unit = line.Bound!.IsOfRaw ? " of NATS.Net" : line.Unit == "times" ? " of the ideal" : $" {line.Unit}";
            string number = line.Unit == "ms" ? "#,0" : "0.00";
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {line.Label} | at most {line.Bound.Limit.ToString(line.Unit == "ms" ? "#,0" : "0.00", CultureInfo.InvariantCulture)}{unit} | {measured.ToString(number, CultureInfo.InvariantCulture)} | {(measured <= line.Bound.Limit ? "kept" : "**exceeded**")} |");
        }
    }

    private static string Cell(Results results, Side side, Line line)
        => results.Ratio(side.Name, line) is not { } ratio ? ""
            : ratio > 1 ? $"**{Number(results.Median(side.Name, line))} ({Ratio(ratio)})**"
            : $"{Number(results.Median(side.Name, line))} ({Ratio(ratio)})";

    private static void Circumstances(StringBuilder text, Results results)
    {
        text.AppendLine("| | |");
        text.AppendLine("|---|---|");
        (int least, int most) = results.Rounds;
        text.AppendLine(CultureInfo.InvariantCulture, $"| taken | {results.Taken:yyyy-MM-dd HH:mm} UTC; rounds of a row: {(least == most ? $"{least}" : $"{least} to {most}")}; {results.Took.TotalMinutes:0} minutes |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| machine | {results.Machine.Processors} × {results.Machine.Processor}, {results.Machine.Memory}, {results.Machine.System} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| load averages before | {results.Machine.LoadBefore} |");
        foreach ((string engine, string version) in results.Servers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| server: {engine} | {version} |");
        }

        foreach (SideRun run in results.Sides)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {run.Side.Title} | {run.Runtime}, {run.Settings} |");
        }

        foreach (Side side in Side.All.Except(results.Sides.Select(static run => run.Side)))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {side.Title} | not run |");
        }

        if (results.Samples.Failures.Count > 0)
        {
            text.AppendLine();
            text.AppendLine("Failed:");
            text.AppendLine();
            foreach (string failure in results.Samples.Failures)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- {failure.ReplaceLineEndings(" ")}");
            }
        }
    }

    /// <summary>Three digits that count.</summary>
    private static string Number(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static string Ratio(double value) => value.ToString(value < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    private static string Resource(string name)
    {
        using StreamReader reader = new(typeof(MarkdownReport).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
