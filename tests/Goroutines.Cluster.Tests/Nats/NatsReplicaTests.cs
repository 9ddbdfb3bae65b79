using Goroutines.Cluster.Nats;
using NATS.Client.JetStream;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Three servers that store each value, of which one is killed, stopped or cut off under load.</summary>
public sealed class NatsReplicaTests(ServerCluster servers, ITestOutputHelper output) : IClassFixture<ServerCluster>
{
    [Fact]
    public void KillLeader_InALoop_LosesNothing() => Run(async cluster =>
    {
        output.WriteLine(await FaultRun.RunAsync(cluster, servers.Url, 3, Patience.Election, async flows =>
        {
            NatsJSContext jetStream = await JetStreamAsync(cluster);
            string[] streams = [$"{cluster.Namespace}-q-numbers", $"{cluster.Namespace}-keys"];
            for (int i = 0; i < 2 * NatsFaultTests.Rounds; i++)
            {
                // The two that stay must have everything of both streams: the one that was away last may have to lead either.
                string[] leaders = [await ServerCluster.LeaderAsync(jetStream, streams[0]), await ServerCluster.LeaderAsync(jetStream, streams[1])];
                string leader = leaders[i % 2];
                NatsServer server = servers[leader];
                await server.KillAsync();
                TimeSpan back;
                try
                {
                    back = await flows(); // on the other two
                }
                finally
                {
                    await server.StartAsync(); // the other tests need it, too
                }

                output.WriteLine($"{leader} killed: flowing again after {back.TotalMilliseconds:F0} ms");
            }

            return 2 * NatsFaultTests.Rounds;
        }));
    });

    [Fact]
    public void StopLeader_ForLongerThanTheHolds_LosesNothing() => Run(async cluster =>
    {
        output.WriteLine(await FaultRun.RunAsync(cluster, servers.Url, 3, Patience.Election, async flows =>
        {
            NatsJSContext jetStream = await JetStreamAsync(cluster);
            for (int i = 0; i < NatsFaultTests.Rounds; i++)
            {
                string leader = await ServerCluster.LeaderAsync(jetStream, $"{cluster.Namespace}-q-numbers");
                servers[leader].Pause();
                try
                {
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(1_700 + (2_000 * (i % 4)))); // sometimes for long enough to lose the leadership
                }
                finally
                {
                    servers[leader].Resume();
                }

                await flows();
            }

            return NatsFaultTests.Rounds;
        }));
    });

    /// <summary>With replicas, the server takes the id of a value that it has refused for that of a stored one.</summary>
    [Fact]
    public void Send_RefusedWhileFull_IsStoredOnceThereIsRoom() => Run(async cluster =>
    {
        ClusterChanOptions options = Named.Options(capacity: 2);
        options.Replicas = 3;
        ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, options);
        await channel.SendAsync(0);
        await channel.SendAsync(1);
        Goroutine blocked = Go.Run(async () => await channel.SendAsync(2, new SendOptions { Id = "two" }));
        await Go.SleepAsync(TimeSpan.FromMilliseconds(300));
        Assert.False(blocked.IsCompleted);
        for (int i = 0; i < 3; i++)
        {
            Delivery<int> delivery = await channel.TakeAsync();
            Assert.Equal(i, delivery.Value);
            await delivery.AckAsync();
            if (i == 2)
            {
                Assert.Equal("two", delivery.Id);
            }
        }

        await blocked;
    });

    [Fact]
    public void Open_MoreReplicasThanServers_SaysSo() => Run(async cluster =>
    {
        await cluster.ConnectAsync(); // makes the namespace's streams, for which it has longer than the member below
        ClusterChanOptions options = Named.Options();
        options.Replicas = 5;
        ClusterConnection member = await cluster.ConnectAsync("a", servers.Url, static options => options.OperationTimeout = Patience.Unit);
        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(async () => await member.OpenAsync(Named.Numbers, options));
        Assert.Contains("peers", failure.ToString(), StringComparison.Ordinal);
    });

    private void Run(Func<NatsTestCluster, ValueTask> test) => NatsTestCluster.Run(servers.Url, () => servers.Log, 3, test);

    private static async ValueTask<NatsJSContext> JetStreamAsync(NatsTestCluster cluster) => ((NatsEngine)(await cluster.ConnectAsync("watch")).Engine).JetStream;
}
