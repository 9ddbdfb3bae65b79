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
    public void KillServer_UnderLoad_LosesNothing() => Flow(async flows =>
    {
        for (int i = 0; i < 4 * Rounds; i++)
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(250 + (37 * (i % 20))));
            await _server.KillAsync();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(i % 4 == 3 ? 1_500 : 0)); // longer than the holds
            await _server.StartAsync();
        }

        return 4 * Rounds;
    });

    [Fact]
    public void StopServer_ForLongerThanTheHolds_NoStormOfDuplicates() => Flow(async flows =>
    {
        for (int i = 0; i < Rounds; i++)
        {
            await flows();
            _server.Pause();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1_700));
            _server.Resume();
        }

        return Rounds;
    });

    [Fact]
    public void CutConnections_UnderLoad_LosesNothing() => FlowThroughProxy(async (proxy, flows) =>
    {
        for (int i = 0; i < 6 * Rounds; i++)
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(150));
            proxy.Cut();
        }

        return 6 * Rounds;
    });

    /// <summary>The connections stay, and nothing goes through, as with a router that fails. Nobody is told.</summary>
    [Fact]
    public void BlackHole_UnderLoad_LosesNothing() => FlowThroughProxy(async (proxy, flows) =>
    {
        for (int i = 0; i < 2 * Rounds; i++)
        {
            await flows();
            proxy.Swallows = true;
            await Go.SleepAsync(TimeSpan.FromMilliseconds(i % 2 == 0 ? 500 : 2_500)); // shorter and longer than the holds
            proxy.Swallows = false;

            // What was swallowed in the middle of a message has broken the stream of bytes, so that the old connections are of no use.
            proxy.Cut();
        }

        return 2 * Rounds;
    });

    [Fact]
    public void BlackHole_Holder_LosesItsValueAndItsLeaseBeforeAnotherHasThem() => NatsTestCluster.Run(_server, async cluster =>
    {
        await using FaultProxy proxy = new(_server.Port);
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
        LeaseOptions options = new() { Ttl = 0.6 * Patience.Unit };
        Lease first = await a.LockAsync("one", options);
        await _server.KillAsync();
        await _server.StartAsync();
        await Go.SleepAsync(options.Ttl + TimeSpan.FromSeconds(1));
        Assert.True(first.IsHeld, "a lease did not survive a restart of the server that was shorter than it");
        Assert.Null(await b.TryLockAsync("one", options));
        await first.DisposeAsync();
        await using Lease second = await b.LockAsync("one", options);
        Assert.True(second.Token > first.Token);
    });

    [Fact]
    public void ServerGone_SendEndsAsUnknown() => NatsTestCluster.Run(_server, async cluster =>
    {
        ClusterConnection member = await cluster.ConnectAsync("a", _server.Url, static options => options.OperationTimeout = TimeSpan.FromSeconds(4));
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.Options());
        await _server.KillAsync();
        Stopwatch took = Stopwatch.StartNew();
        await Assert.ThrowsAsync<DeliveryUnknownException>(async () => await channel.SendAsync(1));
        await Assert.ThrowsAsync<TimeoutException>(async () => await member.TryLockAsync("one"));
        Assert.InRange(took.Elapsed, TimeSpan.FromSeconds(6), Patience.Flow); // each is tried for four seconds
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
        Stopwatch away = Stopwatch.StartNew();
        while (!(await member.CheckHealthAsync()).IsHealthy)
        {
            Assert.True(away.Elapsed < Patience.Flow, "the connection does not come back");
            await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
        }

        await Assert.ThrowsAsync<NoServerException>(async () => await member.CallAsync(Named.Double, 1, Patience.Unit));
    });

    /// <summary>A router that has forgotten a connection drops what comes on it. Neither end is told.</summary>
    [Fact]
    public void ConnectionForgotten_BySilence_IsReplaced() => NatsTestCluster.Run(_server, async cluster =>
    {
        await using FaultProxy proxy = new(_server.Port);
        ClusterConnection member = await cluster.ConnectAsync("a", proxy.Url, static options => options.OperationTimeout = Patience.Unit);
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
        await using FaultProxy proxy = new(_server.Port);
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

    private void Flow(Func<Func<ValueTask<TimeSpan>>, ValueTask<int>> faults) => NatsTestCluster.Run(
        _server, async cluster => output.WriteLine(await FaultRun.RunAsync(cluster, _server.Url, 1, Patience.Flow, faults)));

    private void FlowThroughProxy(Func<FaultProxy, Func<ValueTask<TimeSpan>>, ValueTask<int>> faults) => NatsTestCluster.Run(_server, async cluster =>
    {
        await using FaultProxy proxy = new(_server.Port);
        output.WriteLine(await FaultRun.RunAsync(cluster, proxy.Url, 1, Patience.Flow, flows => faults(proxy, flows)));
    });
}
