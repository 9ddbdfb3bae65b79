namespace Goroutines.Cluster.Tests;

/// <summary>What every engine has to do. Each part is a class, and each engine has a subclass of it.</summary>
public abstract class ClusterContract
{
    /// <summary>Runs a test over a fresh, empty cluster, in a goroutine; fails when it takes too long, or leaves goroutines behind.</summary>
    protected abstract void Run(Func<TestCluster, ValueTask> test);
}
