namespace Goroutines.Peers.Ours;

/// <summary>Goroutines and channels.</summary>
internal static class OurRows
{
    public static IReadOnlyDictionary<string, Workload> All { get; } = new Dictionary<string, Workload>(
    [
        Suite.PingPong(n => PingPong.RunAsync(1, n)),
        Suite.PingPong100(n => PingPong.RunAsync(Suite.InFlight, n)),
        Suite.Yield(Gosched.RunAsync),
        Suite.Skynet(Skynet.RunAsync),
        Suite.Mutex1(Alone.MutexAsync),
        Suite.Mutex8(Mutex.RunAsync),
        Suite.Parked(Parked.RunAsync),
        Suite.Ring(Ring.RunAsync),
        Suite.Chameneos(Chameneos.RunAsync),
        Suite.Counting(Counting.RunAsync),
        Suite.ForkJoin(ForkJoin.RunAsync),
        Suite.Big(Big.RunAsync),
        Suite.Bounded(Bounded.RunAsync),
    ]);
}
