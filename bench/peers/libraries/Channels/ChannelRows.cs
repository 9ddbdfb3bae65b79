namespace Goroutines.Peers.Channels;

/// <summary>Tasks, <c>System.Threading.Channels</c> and <see cref="SemaphoreSlim"/>.</summary>
internal static class ChannelRows
{
    public static IReadOnlyDictionary<string, Workload> All { get; } = With(new Mailboxes(inline: false),
    [
        Suite.Yield(Yield.RunAsync),
        Suite.Mutex1(Semaphore.AloneAsync),
        Suite.Mutex8(Semaphore.ContendedAsync),
    ]);

    /// <summary>With <c>AllowSynchronousContinuations</c>: a write runs the waiting reader's code before it returns.</summary>
    public static IReadOnlyDictionary<string, Workload> Inline { get; } = With(new Mailboxes(inline: true), []);

    private static Dictionary<string, Workload> With(Mailboxes mailboxes, IEnumerable<KeyValuePair<string, Workload>> more) => new(
    [
        Suite.PingPong(n => PingPong.RunAsync(mailboxes, 1, n)),
        Suite.PingPong100(n => PingPong.RunAsync(mailboxes, Suite.InFlight, n)),
        Suite.Skynet(n => Skynet.RunAsync(mailboxes, n)),
        Suite.Parked((n, mode) => Parked.RunAsync(mailboxes, n, mode)),
        Suite.Ring(n => Ring.RunAsync(mailboxes, n)),
        Suite.Chameneos(n => Chameneos.RunAsync(mailboxes, n)),
        Suite.Counting(n => Counting.RunAsync(mailboxes, n)),
        Suite.ForkJoin(n => ForkJoin.RunAsync(mailboxes, n)),
        Suite.Big(n => Big.RunAsync(mailboxes, n)),
        Suite.Bounded(n => Bounded.RunAsync(mailboxes, n)),
        .. more,
    ]);
}
