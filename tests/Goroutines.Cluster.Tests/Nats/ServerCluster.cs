using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Three servers on the loopback that store together.</summary>
public sealed class ServerCluster : IAsyncLifetime
{
    private readonly NatsServer[] _servers;

    public ServerCluster()
    {
        int[] routes = [NatsServer.FreePort(), NatsServer.FreePort(), NatsServer.FreePort()];
        string others = string.Join(',', routes.Select(static port => $"nats://127.0.0.1:{port}"));
        _servers = [.. routes.Select((route, i) => new NatsServer(
            NatsServer.FreePort(), "--name", $"n{i}", "--cluster_name", "three", "--cluster", $"nats://127.0.0.1:{route}", "--routes", others))];
    }

    internal string Url => string.Join(',', _servers.Select(static server => server.Url));

    internal string Log => string.Join('\n', _servers.Select(static server => server.Log));

    internal NatsServer this[string name] => _servers[name[1] - '0'];

    public async ValueTask InitializeAsync()
    {
        foreach (NatsServer server in _servers)
        {
            await server.InitializeAsync();
        }
    }

    /// <summary>Waits until a stream has a leader, and the other servers store what it has.</summary>
    /// <returns>The name of the leader.</returns>
    internal static async ValueTask<string> LeaderAsync(NatsJSContext jetStream, string stream)
    {
        DateTimeOffset begun = Go.Now;
        string state = "no answer";
        while (true)
        {
            Assert.True(Go.Now - begun < Patience.Election, $"{stream} has no leader, or servers that lag, after {Patience.Election.TotalSeconds:0} s: {state}");
            try
            {
                ClusterInfo cluster = (await jetStream.GetStreamAsync(stream)).Info.Cluster!;
                state = $"leader {cluster.Leader}, {string.Join(", ", cluster.Replicas!.Select(static peer => $"{peer.Name} current {peer.Current}, offline {peer.Offline}, {peer.Lag} behind, heard of {peer.Active.TotalSeconds:0.0} s ago"))}";
                if (cluster.Leader is { Length: > 0 } leader && cluster.Replicas is { Count: 2 } replicas && replicas.All(static peer => peer is { Current: true, Offline: false }))
                {
                    return leader;
                }
            }
            catch (Exception exception) when (exception is NATS.Client.Core.NatsException or OperationCanceledException)
            {
                state = exception.Message;
            }

            await Go.SleepAsync(TimeSpan.FromMilliseconds(50));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NatsServer server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
