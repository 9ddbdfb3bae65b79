using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>Akka.NET: an untyped actor for each party. The parties of a round are stopped at its end.</summary>
internal static class AkkaRows
{
    public static string Version { get; } = PackageVersion.Of(typeof(ActorSystem));

    /// <summary>The rows, in one actor system with these settings.</summary>
    public static IReadOnlyDictionary<string, Workload> All(string configuration)
    {
        var system = ActorSystem.Create("peers", configuration);
        return new Dictionary<string, Workload>(
        [
            Suite.PingPong(n => PingPong.RunAsync(system, 1, n)),
            Suite.PingPong100(n => PingPong.RunAsync(system, Suite.InFlight, n)),
            Suite.Skynet(n => Skynet.RunAsync(system, n)),
            Suite.Parked((n, mode) => Parked.RunAsync(system, n, mode)),
            Suite.Ring(n => Ring.RunAsync(system, n)),
            Suite.Chameneos(n => Chameneos.RunAsync(system, n)),
            Suite.Counting(n => Counting.RunAsync(system, n)),
            Suite.ForkJoin(n => ForkJoin.RunAsync(system, n)),
            Suite.Big(n => Big.RunAsync(system, n)),
            Suite.Bounded(n => Bounded.RunAsync(system, n)),
        ]);
    }
}
