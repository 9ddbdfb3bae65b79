namespace Goroutines.Comparison;

/// <summary>Everything the files say.</summary>
internal sealed record Report(
    DateTimeOffset Taken, Machine Machine, IReadOnlyList<Peer> Peers, int Rounds, bool Smoke, IReadOnlyList<Row> Rows, Samples Samples);
