using Goroutines.Comparison;

namespace Goroutines.ClusterComparison;

/// <summary>What was measured, and on what.</summary>
/// <param name="Servers">The versions, by engine.</param>
internal sealed record Results(
    DateTimeOffset Taken, TimeSpan Took, Machine Machine, bool Smoke, IReadOnlyList<SideRun> Sides, IReadOnlyDictionary<string, string> Servers, Samples Samples)
{
    /// <summary>The lines of which there is a figure of ours.</summary>
    public IReadOnlyList<Line> Lines => [.. Line.All.Where(line => Median(Side.Ours, line) is not null)];

    /// <summary>The fewest and the most samples of a line.</summary>
    public (int Least, int Most) Rounds
    {
        get
        {
            int[] counts = [.. Sides.SelectMany(run => Line.All.Select(line => Samples.Of(run.Side.Name, line.Row, line.Figure).Count)).Where(static count => count > 0)];
            return counts.Length == 0 ? (0, 0) : (counts.Min(), counts.Max());
        }
    }

    public double? Median(string side, Line line) => Samples.Median(side, line.Row, line.Figure);

    /// <summary>Ours divided by theirs: the median over the turns, each of which has both. If they have not taken turns, the ratio of the medians.</summary>
    public double? Ratio(string side, Line line)
    {
        IReadOnlyList<double> ours = Samples.Of(Side.Ours, line.Row, line.Figure);
        IReadOnlyList<double> theirs = Samples.Of(side, line.Row, line.Figure);
        return ours.Count == 0 || ours.Count != theirs.Count ? Median(Side.Ours, line) / Median(side, line) : Samples.Median(ours.Zip(theirs, static (own, other) => own / other));
    }

    private IEnumerable<string> SidesOf(string row)
        => Side.All.Select(static side => side.Name).Where(side => Line.All.Any(line => line.Row == row && Samples.Of(side, row, line.Figure).Count > 0));

    /// <summary>What a bound is about: the ratio to the raw client, or the figure.</summary>
    public double? Bounded(Line line) => line.Bound is not { } bound ? null : bound.IsOfRaw ? Ratio(Side.Raw, line) : Median(Side.Ours, line);

    /// <summary>Adds the samples of a later run on the same machine. A row whose sides were others there is replaced.</summary>
    public Results With(Results later)
    {
        foreach (string row in Line.Rows.Where(row => later.SidesOf(row).Any() && !later.SidesOf(row).SequenceEqual(SidesOf(row))))
        {
            Samples.Remove(row);
        }

        foreach (SideRun run in later.Sides)
        {
            foreach (Line line in Line.All)
            {
                foreach (double value in later.Samples.Of(run.Side.Name, line.Row, line.Figure))
                {
                    Samples.Add(run.Side.Name, line.Row, new Dictionary<string, double> { [line.Figure] = value });
                }
            }
        }

        foreach (string failure in later.Samples.Failures)
        {
            Samples.AddFailure(failure);
        }

        return later with
        {
            Took = Took + later.Took,
            Samples = Samples,
            Smoke = Smoke || later.Smoke,
            Servers = Servers.Concat(later.Servers).GroupBy(static pair => pair.Key).ToDictionary(static group => group.Key, static group => group.Last().Value),
            Sides = [.. Side.All.Select(side => Last(later, side) ?? Last(this, side)).OfType<SideRun>()],
        };

        static SideRun? Last(Results results, Side side) => results.Sides.FirstOrDefault(run => run.Side == side && run.Runtime.Length > 0);
    }
}

/// <summary>A side that was run, with its version.</summary>
internal sealed record SideRun(Side Side, string Runtime, string Settings);
