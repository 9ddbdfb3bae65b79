namespace Goroutines.GoComparison;

/// <summary>A figure of both sides, with that of each round.</summary>
internal sealed record Row(string Package, string Name, string Unit)
{
    public const string Bytes = "B/op";

    public List<double> Ours { get; } = [];

    public List<double> Go { get; } = [];

    /// <summary>The name of the benchmark that it is a part of.</summary>
    public string Benchmark => Name.Split('/')[0];

    public double? OurMedian => Median(Ours);

    public double? GoMedian => Median(Go);

    /// <summary>Below 1, ours is the faster. Null without a figure of either side, or when Go's is 0.</summary>
    public double? Ratio => OurMedian is { } ours && GoMedian is { } go && go > 0 ? ours / go : null;

    /// <summary>Whether a smaller figure is a better one and the row is compared. What follows from another figure is not.</summary>
    public bool IsCompared => Unit is not (Bytes or "allocs/op" or "MB/s");

    private static double? Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length == 0 ? null : sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
