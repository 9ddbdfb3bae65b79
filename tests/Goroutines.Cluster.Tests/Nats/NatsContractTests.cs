using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Sending, receiving, settling: over a real server.</summary>
public sealed class NatsQueueTests(NatsServer server) : QueueContract, IClassFixture<NatsServer>
{
    protected override void Run(Func<TestCluster, ValueTask> test) => NatsTestCluster.Run(server, test);
}

/// <summary>Worker pools, retries, dead letters: over a real server.</summary>
public sealed class NatsServeTests(NatsServer server) : ServeContract, IClassFixture<NatsServer>
{
    protected override void Run(Func<TestCluster, ValueTask> test) => NatsTestCluster.Run(server, test);
}

/// <summary>Locks, slots, leaders: over a real server.</summary>
public sealed class NatsLeaseTests(NatsServer server) : LeaseContract, IClassFixture<NatsServer>
{
    protected override void Run(Func<TestCluster, ValueTask> test) => NatsTestCluster.Run(server, test);
}

/// <summary>Functions by name: over a real server.</summary>
public sealed class NatsCallTests(NatsServer server) : CallContract, IClassFixture<NatsServer>
{
    protected override void Run(Func<TestCluster, ValueTask> test) => NatsTestCluster.Run(server, test);
}
