using Goroutines.Cluster.Nats;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>A namespace of its own on a server.</summary>
internal sealed class NatsTestCluster(string url, int replicas) : TestCluster
{
    private readonly string _namespace = $"t{Guid.NewGuid():N}"[..12];
    private readonly List<ClusterConnection> _members = [];
    private readonly List<FaultProxy> _proxies = [];

    public override TimeSpan Tolerance => Patience.Unit;

    internal string Namespace => _namespace;

    /// <summary>Runs a test in a runtime of its own, and looks that it leaves no goroutine behind.</summary>
    internal static void Run(NatsServer server, Func<NatsTestCluster, ValueTask> test) => Run(server.Url, () => server.Log, 1, test);

    /// <summary>Runs a test against servers that store each value several times.</summary>
    internal static void Run(string url, Func<string> log, int replicas, Func<NatsTestCluster, ValueTask> test)
    {
        NatsServer.SkipIfMissing();
        RunWithoutServer(url, log, replicas, test);
    }

    /// <summary>Runs a test that brings a server of its own.</summary>
    internal static void RunWithoutServer(int replicas, Func<NatsTestCluster, ValueTask> test) => RunWithoutServer("", static () => "", replicas, test);

    private static void RunWithoutServer(string url, Func<string> log, int replicas, Func<NatsTestCluster, ValueTask> test)
    {
        GoRuntime runtime = new();
        try
        {
            NatsTestCluster cluster = new(url, replicas);
            Task body = runtime.Run(async () =>
            {
                try
                {
                    await test(cluster);
                }
                finally
                {
                    await cluster.EndAsync();
                }
            }).AsTask();
            if (Task.WaitAny([body], Patience.Test) < 0)
            {
                throw new TimeoutException($"the test hangs:\n{Dump(runtime)}\n{log()}");
            }

            if (!body.IsCompletedSuccessfully)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(log());
            }

            body.GetAwaiter().GetResult();
            Assert.True(SpinWait.SpinUntil(() => Settled(runtime), Patience.Unit), $"goroutines were left:\n{Dump(runtime)}");
        }
        finally
        {
            _ = runtime.DisposeAsync();
        }
    }

    public override ValueTask<ClusterConnection> ConnectAsync(string member = "a") => ConnectAsync(member, url);

    public override async ValueTask<ClusterConnection> ConnectDoublingAsync(string member)
    {
        FaultProxy proxy = new(new Uri(url).Port) { Doubles = true };
        _proxies.Add(proxy);
        return await ConnectAsync(member, proxy.Url);
    }

    internal async ValueTask<ClusterConnection> ConnectAsync(string member, string url, Action<NatsClusterOptions>? change = null)
    {
        NatsClusterOptions options = new() { Name = member, Namespace = _namespace, RequestTimeout = TimeSpan.FromSeconds(1), OperationTimeout = Patience.Open, Replicas = replicas };
        change?.Invoke(options);
        ClusterConnection connection = await NatsCluster.ConnectAsync(url, options);
        _members.Add(connection);
        return connection;
    }

    public override async ValueTask CrashAsync(ClusterConnection member) => await ((NatsEngine)member.Engine).Connection.DisposeAsync();

    private static bool Settled(GoRuntime runtime)
    {
        Thread.Sleep(1); // between two looks, in a thread that is no worker
        return runtime.Count == 0;
    }

    private static string Dump(GoRuntime runtime)
    {
        using StringWriter writer = new();
        runtime.Dump(writer);
        return writer.ToString();
    }

    private async ValueTask EndAsync()
    {
        foreach (ClusterConnection member in _members)
        {
            await member.DisposeAsync();
        }

        foreach (FaultProxy proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }
    }
}
