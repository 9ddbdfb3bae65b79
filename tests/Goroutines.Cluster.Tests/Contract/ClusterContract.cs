namespace Goroutines.Cluster.Tests;

/// <summary>What every engine has to do. One class a kind of engine runs it.</summary>
public abstract partial class ClusterContract
{
    /// <summary>Runs a test over a fresh, empty cluster, in a goroutine; fails when it takes too long, or leaves goroutines behind.</summary>
    protected abstract void Run(Func<TestCluster, ValueTask> test);
}
