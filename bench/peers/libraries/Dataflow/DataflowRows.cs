namespace Goroutines.Peers.Dataflow;

/// <summary>TPL Dataflow: a block for each party, which posts to the others.</summary>
/// <remarks>
/// Without <c>SingleProducerConstrained</c>, though it would be true in most rows: with it, runs of <c>counting</c> and <c>forkjoin</c> now and then stood
/// still, idle in the middle of a round (in .NET 10.0.12).
/// </remarks>
internal static class DataflowRows
{
    public static IReadOnlyDictionary<string, Workload> All { get; } = new Dictionary<string, Workload>(
    [
        Suite.PingPong(n => PingPong.RunAsync(1, n)),
        Suite.PingPong100(n => PingPong.RunAsync(Suite.InFlight, n)),
        Suite.Skynet(Skynet.RunAsync),
        Suite.Parked(Parked.RunAsync),
        Suite.Ring(Ring.RunAsync),
        Suite.Chameneos(Chameneos.RunAsync),
        Suite.Counting(Counting.RunAsync),
        Suite.ForkJoin(ForkJoin.RunAsync),
        Suite.Big(Big.RunAsync),
        Suite.Bounded(Bounded.RunAsync),
    ]);
}
