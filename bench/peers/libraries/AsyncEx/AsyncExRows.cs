using Nito.AsyncEx;

namespace Goroutines.Peers.AsyncEx;

/// <summary>Nito.AsyncEx: its lock and its producer-consumer queue.</summary>
internal static class AsyncExRows
{
    public static string Version { get; } = PackageVersion.Of(typeof(AsyncLock));

    public static IReadOnlyDictionary<string, Workload> All { get; } = new Dictionary<string, Workload>(
    [
        Suite.PingPong(n => PingPong.RunAsync(1, n)),
        Suite.PingPong100(n => PingPong.RunAsync(Suite.InFlight, n)),
        Suite.Mutex1(Lock.AloneAsync),
        Suite.Mutex8(Lock.ContendedAsync),
        Suite.Counting(Counting.RunAsync),
        Suite.Bounded(Bounded.RunAsync),
    ]);
}
