namespace Goroutines.Cluster.Tests;

/// <summary>Sending, receiving, settling: over the engine in memory, in virtual time.</summary>
public sealed class MemoryQueueTests : QueueContract
{
    protected override void Run(Func<TestCluster, ValueTask> test) => InMemoryTestCluster.Run(test);
}

/// <summary>Worker pools, retries, dead letters: over the engine in memory, in virtual time.</summary>
public sealed class MemoryServeTests : ServeContract
{
    protected override void Run(Func<TestCluster, ValueTask> test) => InMemoryTestCluster.Run(test);
}

/// <summary>Locks, slots, leaders: over the engine in memory, in virtual time.</summary>
public sealed class MemoryLeaseTests : LeaseContract
{
    protected override void Run(Func<TestCluster, ValueTask> test) => InMemoryTestCluster.Run(test);
}

/// <summary>Functions by name: over the engine in memory, in virtual time.</summary>
public sealed class MemoryCallTests : CallContract
{
    protected override void Run(Func<TestCluster, ValueTask> test) => InMemoryTestCluster.Run(test);
}
