using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>Proto.Actor: an actor for each party. The parties of a round are stopped at its end.</summary>
internal static class ProtoRows
{
    private static readonly IRootContext s_root = new ActorSystem().Root;

    public static string Version { get; } = PackageVersion.Of(typeof(ActorSystem));

    public static IReadOnlyDictionary<string, Workload> All { get; } = new Dictionary<string, Workload>(
    [
        Suite.PingPong(n => PingPong.RunAsync(s_root, 1, n)),
        Suite.PingPong100(n => PingPong.RunAsync(s_root, Suite.InFlight, n)),
        Suite.Skynet(n => Skynet.RunAsync(s_root, n)),
        Suite.Parked((n, mode) => Parked.RunAsync(s_root, n, mode)),
        Suite.Ring(n => Ring.RunAsync(s_root, n)),
        Suite.Chameneos(n => Chameneos.RunAsync(s_root, n)),
        Suite.Counting(n => Counting.RunAsync(s_root, n)),
        Suite.ForkJoin(n => ForkJoin.RunAsync(s_root, n)),
        Suite.Big(n => Big.RunAsync(s_root, n)),
        Suite.Bounded(n => Bounded.RunAsync(s_root, n)),
    ]);
}
