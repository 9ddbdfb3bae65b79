namespace Goroutines.Comparison;

internal enum Verdict
{
    NotJudged,
    Missed,
    Met,
    Stretch,
}

/// <summary>A line of the comparison with its medians.</summary>
internal sealed record Row(
    Line Line, double? Ours, double? Go, double? DotNet, double? OursDefault, double? OursCold, double? GoCold, double? OursAot,
    double? OursAllocatedBytes, bool Judged)
{
    public double? OursToGo => Ours / Go;

    public double? OursToDotNet => Ours / DotNet;

    public double? DotNetToGo => DotNet / Go;

    /// <summary>In a project without settings. Go has none.</summary>
    public double? DefaultToGo => OursDefault / Go;

    public double? ColdToGo => OursCold / GoCold;

    public double? AotToGo => OursAot / GoCold;

    public Verdict Verdict => Judge(OursToGo, Line.Bound);

    public Verdict DefaultVerdict => Judge(DefaultToGo, Line.Bound);

    public Verdict ColdVerdict => Judge(ColdToGo, Line.ColdBound);

    public Verdict AotVerdict => Judge(AotToGo, Line.ColdBound);

    private Verdict Judge(double? ratio, double? bound) =>
        !Judged || ratio is null || bound is null ? Verdict.NotJudged :
        ratio > bound ? Verdict.Missed :
        ratio > Line.Stretch ? Verdict.Met :
        Verdict.Stretch;

    public static IReadOnlyList<Row> From(Samples samples, IReadOnlyList<string> workloads, bool judge)
    {
        return [.. Catalogue.Lines.Where(line => workloads.Contains(line.Workload)).Select(ToRow)];

        Row ToRow(Line line) => new(
            line,
            samples.Median(Peer.Ours, line.Workload, line.Figure),
            samples.Median(Peer.Go, line.Workload, line.Figure),
            samples.Median(Peer.DotNet, line.Workload, line.Figure),
            samples.Median(Peer.OursDefault, line.Workload, line.Figure),
            samples.Median(Peer.OursCold, line.Workload, line.Figure),
            samples.Median(Peer.GoCold, line.Workload, line.Figure),
            samples.Median(Peer.OursAot, line.Workload, line.Figure),
            // One figure for the whole workload: on its first line.
            line == Catalogue.Lines.First(first => first.Workload == line.Workload)
                ? samples.Median(Peer.Ours, line.Workload, "alloc_bytes_per_op")
                : null,
            judge);
    }
}
