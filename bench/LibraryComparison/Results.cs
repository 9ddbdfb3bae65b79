using Goroutines.Comparison;

namespace Goroutines.LibraryComparison;

/// <summary>What was measured, and on what.</summary>
internal sealed record Results(DateTimeOffset Taken, TimeSpan Took, Machine Machine, Options Options, Samples Samples)
{
    /// <summary>The lines of which there is a figure of this library.</summary>
    public IReadOnlyList<Line> Lines => [.. Line.All.Where(line => Options.Rows.Contains(line.Row) && Median(Side.Ours, line) is not null)];

    public IReadOnlyList<Side> Sides => [.. Options.Peers.Select(peer => peer.Side)];

    public double? Median(string side, Line line) => Samples.Median(side, line.Row, line.Figure);

    /// <summary>Ours divided by theirs: below 1, ours is the faster or the smaller.</summary>
    public double? Ratio(Side side, Line line) => Median(Side.Ours, line) / Median(side.Name, line);

    /// <summary>The pairs in which another side is the faster, worst first.</summary>
    public IReadOnlyList<(Line Line, Side Side, double Ratio)> Behind(bool dotNet) =>
    [
        .. Lines
            .SelectMany(line => Sides.Where(side => side.IsDotNet == dotNet && !side.IsOurs).Select(side => (Line: line, Side: side, Ratio: Ratio(side, line))))
            .Where(pair => pair.Ratio > 1)
            .Select(pair => (pair.Line, pair.Side, pair.Ratio!.Value))
            .OrderByDescending(pair => pair.Value),
    ];
}
