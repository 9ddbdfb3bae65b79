using Goroutines.Testing;

namespace Goroutines.Cluster.Tests;

/// <summary>A cluster in memory whose members can crash: all that a crashed one asks for is lost.</summary>
internal sealed class InMemoryTestCluster(Func<MemoryOperation, MemoryFault>? fault = null) : TestCluster
{
    private readonly MemoryCluster _cluster = new();
    private readonly List<ClusterConnection> _members = [];
    private readonly HashSet<string> _crashed = [];
    private readonly Dictionary<ClusterConnection, string> _names = [];

    /// <summary>Runs a test in virtual time.</summary>
    internal static void Run(Func<TestCluster, ValueTask> test) => GoTest.Run(async () =>
    {
        InMemoryTestCluster cluster = new();
        await test(cluster);
        await cluster.EndAsync();
    });

    public override TimeSpan Tolerance => TimeSpan.FromMilliseconds(1);

    public override ValueTask<ClusterConnection> ConnectAsync(string member = "a") => Connect(member, fault);

    public override ValueTask<ClusterConnection> ConnectDoublingAsync(string member) => Connect(member, static _ => MemoryFault.Repeat);

    private ValueTask<ClusterConnection> Connect(string member, Func<MemoryOperation, MemoryFault>? fault)
    {
        ClusterConnection connection = _cluster.Connect(new MemoryClusterOptions
        {
            Name = member,
            RequestTimeout = TimeSpan.FromSeconds(1),
            OnOperation = operation => _crashed.Contains(operation.Member) ? MemoryFault.LoseRequest : fault?.Invoke(operation) ?? MemoryFault.None,
        });
        _members.Add(connection);
        _names[connection] = member;
        return new ValueTask<ClusterConnection>(connection);
    }

    public override ValueTask CrashAsync(ClusterConnection member)
    {
        _crashed.Add(_names[member]);
        return default;
    }

    internal async ValueTask EndAsync()
    {
        foreach (ClusterConnection member in _members)
        {
            await member.DisposeAsync();
        }
    }
}
