using System.Diagnostics;
using System.Text;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>The server is killed, stopped and cut off under load. Each run ends in a ledger.</summary>
public sealed class NatsFaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>How many times as long as in CI the runs are.</summary>
    internal static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("GOROUTINES_CLUSTER_ROUNDS"), out int rounds) ? rounds : 1;

    private readonly NatsServer _server = new();

    public ValueTask InitializeAsync()
    {
        NatsServer.SkipIfMissing();
        return _server.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void KillServer_UnderLoad_LosesNothing() => FlowAsync(async () =>
    {
        for (int i = 0; i < 4 * Rounds; i++)
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(250 + (37 * i)));
            await _server.KillAsync();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(i % 4 == 3 ? 1_500 : 0)); // longer than the holds
            await _server.StartAsync();
        }

        return 4 * Rounds;
    });

    [Fact]
    public void StopServer_ForLongerThanTheHolds_NoStormOfDuplicates() => FlowAsync(async () =>
    {
        for (int i = 0; i < Rounds; i++)
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(300));
            _server.Pause();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1_700));
            _server.Resume();
        }

        return Rounds;
    });

    [Fact]
    public void CutConnections_UnderLoad_LosesNothing() => FlowAsync(null, async proxy =>
    {
        for (int i = 0; i < 6 * Rounds; i++)
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(150));
            proxy.Cut();
        }

        return 6 * Rounds;
    });

    [Fact]
    public void BlackHole_Holder_LosesItsValueAndItsLeaseBeforeAnotherHasThem() => NatsTestCluster.Run(_server, async cluster =>
    {
        await using FaultProxy proxy = new(_server);
        ClusterConnection cut = await cluster.ConnectAsync("cut off", proxy.Url);
        ClusterConnection there = await cluster.ConnectAsync("there");
        ClusterChan<int> from = await cut.OpenAsync(Named.Numbers, Named.Options());
        ClusterChan<int> to = await there.OpenAsync(Named.Numbers, Named.Options());
        await to.SendAsync(1);
        Delivery<int> late = await from.TakeAsync();
        LeaseOptions options = new() { Ttl = TimeSpan.FromSeconds(1) };
        Lease lease = await cut.LockAsync("one", options);
        Goroutine<Lease> waits = Go.Run(async () => await there.LockAsync("one", options));
        proxy.Swallows = true;
        Delivery<int> second = await to.TakeAsync();
        Assert.Equal(2, second.Attempt);
        Assert.True(late.Lost.IsCancellationRequested);
        await using Lease next = await waits;
        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.True(next.Token > lease.Token);
        proxy.Swallows = false;
        await Assert.ThrowsAsync<LeaseLostException>(async () => await late.AckAsync());
        await second.RetryAsync();
        Delivery<int> third = await to.TakeAsync();
        Assert.Equal(3, third.Attempt);
        await third.AckAsync();
        await cut.DisposeAsync();
    });

    [Fact]
    public void KillServer_WhileALeaseIsHeld_TokensStillGrow() => NatsTestCluster.Run(_server, async cluster =>
    {
        ClusterConnection a = await cluster.ConnectAsync("a");
        ClusterConnection b = await cluster.ConnectAsync("b");
        LeaseOptions options = new() { Ttl = TimeSpan.FromSeconds(4) };
        Lease first = await a.LockAsync("one", options);
        await _server.KillAsync();
        await _server.StartAsync();
        await Go.SleepAsync(TimeSpan.FromSeconds(5));
        Assert.True(first.IsHeld, "a lease did not survive a restart of the server that was shorter than it");
        Assert.Null(await b.TryLockAsync("one", options));
        await first.DisposeAsync();
        await using Lease second = await b.LockAsync("one", options);
        Assert.True(second.Token > first.Token);
    });

    [Fact]
    public void ServerGone_SendEndsAsUnknown() => NatsTestCluster.Run(_server, async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync("a", _server.Url, static options => options.OperationTimeout = TimeSpan.FromSeconds(2));
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.Options());
        await _server.KillAsync();
        Stopwatch took = Stopwatch.StartNew();
        await Assert.ThrowsAsync<DeliveryUnknownException>(async () => await channel.SendAsync(1));
        await Assert.ThrowsAsync<TimeoutException>(async () => await member.TryLockAsync("one"));
        Assert.InRange(took.Elapsed, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
        Assert.False((await member.CheckHealthAsync()).IsHealthy);
        await _server.StartAsync();
        await channel.SendAsync(2);
        Assert.True((await member.CheckHealthAsync()).IsHealthy);
    });

    /// <summary>While the connection is down, a subscription waits in the client, and is made once the server is back.</summary>
    [Fact]
    public void Serve_CancelledWhileTheServerIsAway_LeavesNoSubscription() => NatsTestCluster.Run(_server, async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        await _server.KillAsync();
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await member.ServeAsync(Named.Double, static (n, _) => new ValueTask<int>(2 * n), cancellationToken: stop.Token));
        await _server.StartAsync();
        while (!(await member.CheckHealthAsync()).IsHealthy)
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
        }

        await Assert.ThrowsAsync<NoServerException>(async () => await member.CallAsync(Named.Double, 1, TimeSpan.FromSeconds(2)));
    });

    /// <summary>A router that has forgotten a connection drops what comes on it. Neither end is told.</summary>
    [Fact]
    public void ConnectionForgotten_BySilence_IsReplaced() => NatsTestCluster.Run(_server, async cluster =>
    {
        await using FaultProxy proxy = new(_server);
        ClusterConnection member = await cluster.ConnectAsync("a", proxy.Url, static options => options.OperationTimeout = TimeSpan.FromSeconds(6));
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        Goroutine<Delivery<int>> receive = Go.Run(async () => (await channel.TakeAsync()));
        await (await receive).AckAsync();
        proxy.Forget();
        Goroutine<Delivery<int>> next = Go.Run(async () => (await channel.TakeAsync()));
        await channel.SendAsync(2); // within the time for which operations are repeated
        Assert.Equal(2, (await next).Value);
    });

    [Fact]
    public void Idle_NobodyReceives_NothingIsAskedFor() => NatsTestCluster.Run(_server, async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync();
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        await (await channel.TakeAsync()).AckAsync();
        await Go.SleepAsync(TimeSpan.FromMilliseconds(800)); // until the request that was out has ended
        Goroutines.Cluster.Nats.NatsEngine engine = (Goroutines.Cluster.Nats.NatsEngine)member.Engine;
        NATS.Client.JetStream.INatsJSConsumer consumer = await engine.JetStream.GetConsumerAsync($"{cluster.Namespace}-q-numbers", "workers");
        Assert.Equal(0, consumer.Info.NumWaiting);
        Assert.Equal(0, consumer.Info.NumAckPending);
    });

    /// <summary>The counts are two readings. The value is acknowledged between them.</summary>
    [Fact]
    public void GetInfo_ValueAcknowledgedMeanwhile_IsNotHeldWithoutBeingStored() => NatsTestCluster.Run(_server, async cluster =>
    {
        await using FaultProxy proxy = new(_server);
        ClusterChan<int> looks = await (await cluster.ConnectAsync("looks", proxy.Url)).OpenAsync(Named.Numbers, Named.Options());
        ClusterChan<int> takes = await (await cluster.ConnectAsync("takes")).OpenAsync(Named.Numbers, Named.Options());
        await takes.SendAsync(1);
        Delivery<int> held = await takes.TakeAsync();
        Assert.Equal(new ClusterChanInfo(1, 1), await looks.GetInfoAsync());
        byte[] second = Encoding.ASCII.GetBytes($"STREAM.INFO.{cluster.Namespace}-q-numbers");
        proxy.Passing = async bytes =>
        {
            if (bytes.Span.IndexOf(second) >= 0)
            {
                proxy.Passing = null;
                await held.AckAsync();
            }
        };
        Assert.Equal(new ClusterChanInfo(0, 0), await looks.GetInfoAsync());
        Assert.Null(proxy.Passing);
    });

    private void FlowAsync(Func<ValueTask<int>> faults) => FlowAsync(faults, null);

    /// <summary>Two senders, two pools of four, a bounded channel; faults meanwhile.</summary>
    private void FlowAsync(Func<ValueTask<int>>? faults, Func<FaultProxy, ValueTask<int>>? cuts) => NatsTestCluster.Run(_server, async cluster =>
    {
        const int Capacity = 20;
        const int Concurrency = 4;
        Ledger ledger = new();
        await using FaultProxy proxy = new(_server);
        string url = cuts is null ? _server.Url : proxy.Url;
        ClusterChan<int> watched = await (await cluster.ConnectAsync("watch")).OpenAsync(Named.Numbers, Named.Options(Capacity));
        using CancellationTokenSource stop = new();
        using CancellationTokenSource stopSending = new();
        ErrGroup pools = new();
        for (int i = 0; i < 2; i++)
        {
            ClusterChan<int> channel = await (await cluster.ConnectAsync($"pool {i}", url)).OpenAsync(Named.Numbers, Named.Options(Capacity));
            pools.Spawn(async () => await channel.ServeAsync(
                async (delivery, ends) =>
                {
                    ledger.Handled(delivery.Value);
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(5), ends);
                },
                new ServeOptions { Concurrency = Concurrency },
                stop.Token));
        }

        ErrGroup senders = new();
        for (int i = 0; i < 2; i++)
        {
            int first = i;
            ClusterChan<int> channel = await (await cluster.ConnectAsync($"sender {i}", url)).OpenAsync(Named.Numbers, Named.Options(Capacity));
            senders.Spawn(async () =>
            {
                for (int value = first; !stopSending.IsCancellationRequested; value += 2)
                {
                    await channel.SendAsync(value);
                    ledger.Sent(value);
                }
            });
        }

        Goroutine sampler = Go.Run(async () =>
        {
            while (!stopSending.IsCancellationRequested)
            {
                ledger.Sample(await watched.GetInfoAsync());
                await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
            }
        });
        int count = faults is not null ? await faults() : await cuts!(proxy);
        int before = ledger.Distinct;
        Stopwatch back = Stopwatch.StartNew();
        while (ledger.Distinct < before + 10)
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(5));
            Assert.True(back.Elapsed < TimeSpan.FromSeconds(5), "it does not flow again");
        }

        TimeSpan flowsAfter = back.Elapsed;
        await stopSending.CancelAsync();
        await senders.WaitAsync();
        await sampler;
        await watched.DrainAsync();
        await stop.CancelAsync();
        await pools.WaitAsync();

        // At each fault everything in flight, and what was asked for ahead, may come a second time.
        output.WriteLine($"{count} faults: {ledger.Check(maxDoubled: count * 4 * Concurrency, capacity: Capacity)}; flowing {flowsAfter.TotalMilliseconds:F0} ms after the last");
        Assert.True(ledger.SentOk > 100, "nothing was going on");
    });
}
