using System.Globalization;
using System.Text;

namespace Goroutines.LibraryComparison;

/// <summary>The comparison as a page to read.</summary>
internal static class MarkdownReport
{
    /// <summary>The figures alone.</summary>
    public static string Tables(Results results)
    {
        var text = new StringBuilder();
        Table(text, results, dotNet: true);
        text.AppendLine();
        Table(text, results, dotNet: false);
        return text.ToString();
    }

    public static string Write(Results results)
    {
        var text = new StringBuilder();
        text.Append(Resource("introduction.md"));
        if (results.Options.Smoke)
        {
            text.AppendLine();
            text.AppendLine("**This was a smoke run: it shows that everything runs; the figures mean nothing.**");
        }
        else if (results.Options.Rounds < 3)
        {
            text.AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"**Of this run there are fewer than three rounds ({results.Options.Rounds}). Single figures can be off by a multiple, above all where");
            text.AppendLine("the load averages below are higher than the number of processors.**");
        }
        Section(text, "Where another library of .NET is faster");
        Behind(text, results, dotNet: true);
        Section(text, "Beside other libraries of .NET");
        Table(text, results, dotNet: true);
        if (results.Sides.Any(side => !side.IsDotNet))
        {
            Section(text, "Beside other runtimes");
            Table(text, results, dotNet: false);
            text.AppendLine();
            Behind(text, results, dotNet: false);
        }
        text.AppendLine();
        text.Append(Resource("programs.md"));
        Section(text, "How it was taken");
        Circumstances(text, results);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string heading)
    {
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {heading}");
        text.AppendLine();
    }

    private static void Table(StringBuilder text, Results results, bool dotNet)
    {
        Side[] sides = [.. results.Sides.Where(side => !side.IsOurs && side.IsDotNet == dotNet)];
        if (sides.Length == 0)
        {
            return;
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"| row | unit | ours | {string.Join(" | ", sides.Select(side => side.Title))} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|---|---|--:|{string.Concat(sides.Select(_ => "--:|"))}");
        foreach (var line in results.Lines)
        {
            var cells = sides.Select(side => Cell(results, side, line));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {line.Label} | {line.Unit} | {Number(results.Median(Side.Ours, line))} | {string.Join(" | ", cells)} |");
        }
    }

    private static string Cell(Results results, Side side, Line line) =>
        results.Ratio(side, line) is not { } ratio ? "" :
        ratio > 1 ? $"**{Number(results.Median(side.Name, line))} ({Ratio(ratio)})**" :
        $"{Number(results.Median(side.Name, line))} ({Ratio(ratio)})";

    private static void Behind(StringBuilder text, Results results, bool dotNet)
    {
        var behind = results.Behind(dotNet);
        if (behind.Count == 0)
        {
            text.AppendLine(dotNet ? "In no row." : "None of them is faster in any row.");
            return;
        }
        text.AppendLine("| row | faster | unit | ours | theirs | ours/theirs | reason |");
        text.AppendLine("|---|---|---|--:|--:|--:|---|");
        foreach (var (line, side, ratio) in behind)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {line.Label} | {side.Title} | {line.Unit} | {Number(results.Median(Side.Ours, line))} | {Number(results.Median(side.Name, line))} | {Ratio(ratio)} | {Reasons.Of(line, side)} |");
        }
    }

    private static void Circumstances(StringBuilder text, Results results)
    {
        text.AppendLine("| | |");
        text.AppendLine("|---|---|");
        text.AppendLine(CultureInfo.InvariantCulture, $"| taken | {results.Taken:yyyy-MM-dd HH:mm} UTC, rounds: {results.Options.Rounds}, {results.Took.TotalMinutes:0} minutes |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| machine | {results.Machine.Processors} × {results.Machine.Processor}, {results.Machine.Memory}, {results.Machine.System} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| load averages before | {results.Machine.LoadBefore} |");
        foreach (var peer in results.Options.Peers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {peer.Side.Title} | {peer.Runtime}, {peer.Settings} |");
        }
        foreach (var side in Side.All.Except(results.Sides))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {side.Title} | not run |");
        }
        if (results.Samples.Failures.Count > 0)
        {
            text.AppendLine();
            text.AppendLine("Failed:");
            text.AppendLine();
            foreach (var failure in results.Samples.Failures)
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
        _ => value.Value.ToString("0.0#", CultureInfo.InvariantCulture),
    };

    private static string Ratio(double value) => value.ToString(value < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(MarkdownReport).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
