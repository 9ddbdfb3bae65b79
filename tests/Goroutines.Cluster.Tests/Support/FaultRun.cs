using System.Diagnostics;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>A load, with faults meanwhile: two senders, two pools of four, a bounded channel, and two members that contend for a lock before a
/// fenced store. It ends in a ledger.</summary>
internal sealed class FaultRun
{
    internal const int Capacity = 20;
    private const int Concurrency = 4;

    private readonly Ledger _ledger = new();
    private readonly FencedStore _store = new();
    private readonly NatsTestCluster _cluster;
    private readonly string _url;
    private readonly ClusterChanOptions _options;
    private readonly TimeSpan _patience;

    private FaultRun(NatsTestCluster cluster, string url, int replicas, TimeSpan patience)
    {
        _cluster = cluster;
        _url = url;
        _options = Named.Options(Capacity);
        _options.Replicas = replicas;
        _options.MaxDeliveries = 1_000;
        _patience = patience;
    }

    /// <summary>Runs the load.</summary>
    /// <param name="cluster">The members' cluster.</param>
    /// <param name="url">Where the members connect, through a proxy perhaps.</param>
    /// <param name="replicas">The number of servers that store a value.</param>
    /// <param name="patience">The time after a fault within which values must flow again.</param>
    /// <param name="faults">Injects the faults, and returns their number. It is given a function that waits until values flow (again).</param>
    /// <returns>The sums.</returns>
    internal static ValueTask<string> RunAsync(
        NatsTestCluster cluster, string url, int replicas, TimeSpan patience, Func<Func<ValueTask<TimeSpan>>, ValueTask<int>> faults)
        => new FaultRun(cluster, url, replicas, patience).RunAsync(faults);

    private async ValueTask<string> RunAsync(Func<Func<ValueTask<TimeSpan>>, ValueTask<int>> faults)
    {
        ClusterChan<int> watched = await OpenAsync("watch");
        using CancellationTokenSource stop = new();
        using CancellationTokenSource stopLoad = new();
        ErrGroup pools = new();
        for (int i = 0; i < 2; i++)
        {
            ClusterChan<int> channel = await OpenAsync($"pool {i}");
            pools.Spawn(async () => await channel.ServeAsync(
                async (delivery, ends) =>
                {
                    _ledger.Handled(delivery.Value);
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(5), ends);
                },
                new ServeOptions { Concurrency = Concurrency },
                stop.Token));
        }

        ErrGroup load = new();
        for (int i = 0; i < 2; i++)
        {
            int first = i;
            ClusterChan<int> channel = await OpenAsync($"sender {i}");
            load.Spawn(async () => await SendAsync(channel, first, stopLoad.Token));
            ClusterConnection member = await _cluster.ConnectAsync($"locker {i}", _url);
            load.Spawn(async () => await LockAsync(member, stopLoad.Token));
        }

        int stalls = 0;
        load.Spawn(async () =>
        {
            while (!stopLoad.IsCancellationRequested)
            {
                Stopwatch took = Stopwatch.StartNew();
                try
                {
                    _ledger.Sample(await watched.GetInfoAsync());
                }
                catch (TimeoutException)
                {
                    // The next reading will do.
                }

                await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
                stalls += took.Elapsed > _options.AckWait / 2 ? 1 : 0;
            }
        });
        await FlowsAsync();
        int count = await faults(FlowsAsync);
        TimeSpan flowsAfter = await FlowsAsync();
        int writes = _store.Writes;
        Stopwatch locks = Stopwatch.StartNew();
        while (_store.Writes == writes)
        {
            Assert.True(locks.Elapsed < _patience + Patience.Unit, $"nobody gets the lock after {locks.Elapsed}: {_store}");
            await Go.SleepAsync(TimeSpan.FromMilliseconds(5));
        }

        await stopLoad.CancelAsync();
        await load.WaitAsync().WithinAsync(Patience.End, () => $"the end of the senders and of those that lock: {_ledger}; {_store}");
        await watched.DrainAsync().WithinAsync(Patience.End, () => $"an empty channel: {_ledger}");
        await stop.CancelAsync();
        await pools.WaitAsync().WithinAsync(Patience.End, () => $"the end of the workers: {_ledger}");
        Assert.True(_ledger.SentOk > 2 * Capacity, "nothing was going on");

        // At each fault everything in flight, and what was asked for ahead, may come a second time. A machine on which a question and its answer take as long as
        // half a hold has faults of its own.
        string sums = _ledger.Check(maxDoubled: Math.Max(count, stalls) * 4 * Concurrency, capacity: Capacity);
        return $"{count} faults, {stalls} slow answers: {sums}; {_store}; flowing {flowsAfter.TotalMilliseconds:F0} ms after the last";
    }

    /// <summary>Waits until more values were handled than the channel can hold, so that some have been sent since.</summary>
    private async ValueTask<TimeSpan> FlowsAsync()
    {
        int before = _ledger.Distinct;
        Stopwatch back = Stopwatch.StartNew();
        while (_ledger.Distinct < before + Capacity + 10)
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(5));
            Assert.True(back.Elapsed < _patience, $"nothing flows after {_patience}: {_ledger.Distinct - before} of {Capacity + 10} values were handled; {_ledger}");
        }

        return back.Elapsed;
    }

    private async ValueTask SendAsync(ClusterChan<int> channel, int first, CancellationToken stop)
    {
        for (int value = first; !stop.IsCancellationRequested; value += 2)
        {
            try
            {
                await channel.SendAsync(value, CancellationToken.None);
                _ledger.Sent(value);
            }
            catch (DeliveryUnknownException)
            {
                _ledger.Unknown(value);
            }
        }
    }

    private async ValueTask LockAsync(ClusterConnection member, CancellationToken stop)
    {
        LeaseOptions options = new() { Ttl = TimeSpan.FromSeconds(2) };
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using Lease lease = await member.LockAsync("fence", options, stop);
                _store.Taken(lease);
                await Go.SleepAsync(TimeSpan.FromMilliseconds(30), stop);
                _store.Write(lease.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (TimeoutException)
            {
                // Not acquired, because no server answered for long.
            }
        }
    }

    private async ValueTask<ClusterChan<int>> OpenAsync(string member)
        => await (await _cluster.ConnectAsync(member, _url)).OpenAsync(Named.Numbers, _options);
}
