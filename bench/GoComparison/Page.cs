using System.Globalization;
using System.Text;

namespace Goroutines.GoComparison;

/// <summary>The comparison as a page to read.</summary>
internal static class Page
{
    private const double Aim = 1.0;
    private const double Stretch = 0.7;

    public static string Table(Report report, IEnumerable<Row> rows, bool withReasons)
    {
        var text = new StringBuilder();
        text.AppendLine(withReasons
            ? "| package | benchmark | unit | ours | Go | ours/Go | bytes | Go's | reason |\n|---|---|---|--:|--:|--:|--:|--:|---|"
            : "| benchmark | unit | ours | Go | ours/Go | bytes | Go's |\n|---|---|--:|--:|--:|--:|--:|");
        foreach (var row in rows)
        {
            List<string> cells = [row.Name, row.Unit, Number(row.OurMedian), Number(row.GoMedian), Ratio(row.Ratio)];
            var bytes = report.Rows.BytesOf(row);
            cells.AddRange([Number(bytes?.OurMedian), Number(bytes?.GoMedian)]);
            if (withReasons)
            {
                cells.Insert(0, row.Package);
                cells.Add(report.ReasonOf(row));
            }
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |");
        }
        return text.ToString();
    }

    public static string Write(Report report)
    {
        Row[] rows = [.. report.Rows.Compared];
        var text = new StringBuilder();
        text.AppendLine("# Go's own benchmarks");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            Written by `bench/go-benchmarks`. Go's side is the benchmarks of Go's standard library and of `x/sync` as they are, compiled and run by
            `go test`; ours is the same benchmarks in C# (`bench/GoBenchmarks`): same names, same work, same sizes, ordinary code against the public API.
            Each one runs in turn on either side, in a process of its own, on the same machine and with the same `GOMAXPROCS`; figures are medians
            of {report.Run.Rounds} {(report.Run.Rounds == 1 ? "round" : "rounds")}, each of at least {report.Run.BenchTime} (a garbage collection first, and operations added until the run lasts that long, as `testing.B` does
            it). Ours is warmed up first: many short runs until the JIT has come to its last tier, for which it need not wait here as it would by default
            (`TieredCompilation.CallCountingDelayMs` is 0; the code is the same), then longer ones until two in a row agree. Below 1, ours is the faster.
            """);
        text.AppendLine();
        if (report.Run.Smoke)
        {
            text.AppendLine("**This was a smoke run: it shows that everything runs; the figures mean nothing.**");
            text.AppendLine();
        }
        if (rows.Length > 0)
        {
            WriteSummary(text, rows);
            WriteAbove(text, report, rows);
            WriteRest(text, report, rows);
        }
        WriteUnported(text, report);
        WriteMachine(text, report);
        return text.ToString();
    }

    private static void WriteSummary(StringBuilder text, Row[] rows)
    {
        text.AppendLine("| package | benchmarks | ours/Go, geometric mean | rows | at most 1.0 | at most 0.7 |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|");
        foreach (var package in rows.GroupBy(static row => row.Package))
        {
            WriteLine(package.Key, [.. package]);
        }
        WriteLine("**all**", rows);
        text.AppendLine();
        text.AppendLine("A benchmark with parts has a row for each of them; the mean counts it once, by the geometric mean of its rows.");
        text.AppendLine();

        void WriteLine(string name, Row[] of)
        {
            double[] benchmarks = [.. Report.ByBenchmark(of)];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {benchmarks.Length} | {Ratio(Report.GeometricMean(benchmarks))} | {of.Length} | {of.Count(static row => row.Ratio <= Aim)} | {of.Count(static row => row.Ratio <= Stretch)} |");
        }
    }

    private static void WriteAbove(StringBuilder text, Report report, Row[] rows)
    {
        Row[] above = [.. rows.Where(static row => row.Ratio > Aim).OrderByDescending(static row => row.Ratio)];
        text.AppendLine("## Above 1.0");
        text.AppendLine();
        text.AppendLine(above.Length == 0 ? "None." : "The slowest first. A reason is given where it was found.");
        text.AppendLine();
        if (above.Length > 0)
        {
            text.AppendLine(Table(report, above, withReasons: true));
        }
    }

    private static void WriteRest(StringBuilder text, Report report, Row[] rows)
    {
        text.AppendLine("## At most 1.0");
        text.AppendLine();
        foreach (var package in rows.Where(static row => row.Ratio <= Aim).GroupBy(static row => row.Package))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"### {package.Key}");
            text.AppendLine();
            text.AppendLine(Table(report, package, withReasons: false));
        }
    }

    private static void WriteUnported(StringBuilder text, Report report)
    {
        text.AppendLine("## Without a row");
        text.AppendLine();
        text.AppendLine("Every other benchmark of these packages, with the reason. `bench/go-benchmarks` fails if Go has one that is neither here nor above.");
        text.AppendLine();
        text.AppendLine("| package | reason | benchmarks |");
        text.AppendLine("|---|---|---|");
        foreach (var group in report.Unported)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {group.Package} | {group.Reason} | {string.Join(", ", group.Names)} |");
        }
        text.AppendLine();
    }

    private static void WriteMachine(StringBuilder text, Report report)
    {
        var machine = report.Machine;
        text.AppendLine("## The run");
        text.AppendLine();
        text.AppendLine("| | |");
        text.AppendLine("|---|---|");
        text.AppendLine(CultureInfo.InvariantCulture, $"| taken | {report.Run.Taken:yyyy-MM-dd HH:mm} UTC |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| machine | {machine.Processors} × {machine.Processor}, {machine.Memory}, {machine.System} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| load averages before | {machine.LoadBefore} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| load averages after | {report.Run.LoadAfter} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| scheduling | {report.Run.Scheduling} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| ours | .NET {report.Run.DotNet}; tiered compilation with dynamic PGO, workstation GC, not concurrent |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Go | {report.Run.Go}; x/sync as packaged by Debian |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| GOMAXPROCS | {report.Run.MaxProcs} |");
        if (Scheduling.IsLoaded(machine.LoadBefore, machine.Processors))
        {
            text.AppendLine();
            text.AppendLine("**Other work ran on the machine at the same time**, as the load averages before show; single rows may be off in either direction.");
        }
        text.AppendLine();
        text.AppendLine("Go's nanosecond is 100 ns on our side of `time`, since that is the shortest time that a `TimeSpan` can hold.");
        if (report.Failures.Count > 0)
        {
            text.AppendLine();
            text.AppendLine("Failed:");
            text.AppendLine();
            foreach (var failure in report.Failures)
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
        < 0.005 => "0",
        _ => value.Value.ToString("0.0#", CultureInfo.InvariantCulture),
    };

    private static string Ratio(double? value) => value?.ToString(value < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) ?? "";
}
