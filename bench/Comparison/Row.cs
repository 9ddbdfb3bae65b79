namespace Goroutines.Comparison;

internal enum Verdict
{
    NotJudged,
    Missed,
    Met,
    Stretch,
}

/// <summary>A line of the comparison with its medians.</summary>
internal sealed record Row(Line Line, double? Ours, double? Go, double? DotNet, double? OursAllocatedBytes, bool Judged)
{
    public double? OursToGo => Ours / Go;

    public double? OursToDotNet => Ours / DotNet;

    public double? DotNetToGo => DotNet / Go;

    public Verdict Verdict =>
        !Judged || OursToGo is not { } ratio || Line.Bound is null ? Verdict.NotJudged :
        ratio > Line.Bound ? Verdict.Missed :
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
            // One figure for the whole workload: on its first line.
            line == Catalogue.Lines.First(first => first.Workload == line.Workload)
                ? samples.Median(Peer.Ours, line.Workload, "alloc_bytes_per_op")
                : null,
            judge);
    }
}
