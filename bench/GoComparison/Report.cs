using Goroutines.Comparison;

namespace Goroutines.GoComparison;

/// <summary>Everything that the page says.</summary>
/// <param name="GoVersion">As Go says it: "go1.27.4".</param>
/// <param name="LoadAfter">The load averages at the end.</param>
internal sealed record Report(
    DateTimeOffset Taken, Machine Machine, string GoVersion, Options Options, Rows Rows, IReadOnlyList<Unported> Unported, IReadOnlyList<Reason> Reasons,
    IReadOnlyList<string> Failures, string LoadAfter)
{
    /// <summary>The first reason that fits the row.</summary>
    public string ReasonOf(Row row) =>
        Reasons.FirstOrDefault(reason => reason.Package == row.Package && reason.Name.IsMatch(row.Name))?.Text ?? "";

    public static double GeometricMean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(static ratio => Math.Log(ratio)));

    /// <summary>The ratio of each benchmark: the geometric mean of its rows'.</summary>
    public static IEnumerable<double> ByBenchmark(IEnumerable<Row> rows) =>
        rows.GroupBy(static row => (row.Package, row.Benchmark)).Select(static group => GeometricMean(group.Select(static row => Math.Max(row.Ratio!.Value, 1e-6))));
}
