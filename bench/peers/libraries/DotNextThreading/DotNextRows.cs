using DotNext.Threading;

namespace Goroutines.Peers.DotNextThreading;

/// <summary>DotNext.Threading: its exclusive lock and its auto-reset event.</summary>
internal static class DotNextRows
{
    public static string Version { get; } = PackageVersion.Of(typeof(AsyncExclusiveLock));

    public static IReadOnlyDictionary<string, Workload> All { get; } = new Dictionary<string, Workload>(
    [
        Suite.PingPong(PingPong.RunAsync),
        Suite.Mutex1(Lock.AloneAsync),
        Suite.Mutex8(Lock.ContendedAsync),
    ]);
}
