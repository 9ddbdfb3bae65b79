using Goroutines.Comparison;

namespace Goroutines.GoComparison;

/// <summary>Everything that the page says.</summary>
/// <param name="Run">How it was taken.</param>
internal sealed record Report(Run Run, Machine Machine, Rows Rows, IReadOnlyList<Unported> Unported, IReadOnlyList<Reason> Reasons, IReadOnlyList<string> Failures)
{
    /// <summary>The first reason that fits the row.</summary>
    public string ReasonOf(Row row) =>
        Reasons.FirstOrDefault(reason => reason.Package == row.Package && reason.Name.IsMatch(row.Name))?.Text ?? "";

    public static double GeometricMean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(static ratio => Math.Log(ratio)));

    /// <summary>The ratio of each benchmark: the geometric mean of its rows'.</summary>
    public static IEnumerable<double> ByBenchmark(IEnumerable<Row> rows) =>
        rows.GroupBy(static row => (row.Package, row.Benchmark)).Select(static group => GeometricMean(group.Select(static row => Math.Max(row.Ratio!.Value, 1e-6))));
}
