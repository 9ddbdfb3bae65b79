namespace Goroutines.ClusterPeer;

/// <summary>One of the clients that are compared. Each opens queues, and some have functions and locks, too.</summary>
internal abstract class Side
{
    /// <summary>How long a value is held without a sign of life.</summary>
    internal static readonly TimeSpan AckWait = TimeSpan.FromSeconds(1);

    internal const int Capacity = 1_000_000;

    /// <summary>The client and its version.</summary>
    internal abstract string Settings { get; }

    /// <summary>Runs the program in the way that is the side's own: in goroutines, or in tasks.</summary>
    internal virtual int Run(Func<Task<int>> program) => program().GetAwaiter().GetResult();

    /// <summary>Opens a queue on a connection of its own, and creates it if it does not exist.</summary>
    internal abstract ValueTask<Queue> OpenAsync(string url, string queue);

    /// <summary>Serves a function that returns its argument, on a connection of its own, and returns what calls it on another one; null if the side has no
    /// calls.</summary>
    internal virtual ValueTask<Func<byte[], ValueTask<byte[]>>?> OpenCallAsync(string url, string function) => new((Func<byte[], ValueTask<byte[]>>?)null);

    /// <summary>Returns what takes a free lock and gives it back; null if the side has no locks.</summary>
    internal virtual ValueTask<Func<ValueTask>?> OpenLockAsync(string url, string name) => new((Func<ValueTask>?)null);

    /// <summary>Runs a body several times at once.</summary>
    internal virtual Task AllAsync(int parties, Func<Task> body) => Task.WhenAll(Enumerable.Range(0, parties).Select(_ => Task.Run(body)));

    internal virtual Task SleepAsync(TimeSpan duration) => Task.Delay(duration);
}

/// <summary>A queue on one connection.</summary>
internal abstract class Queue : IAsyncDisposable
{
    /// <summary>Returns when the server has confirmed that it stores the value.</summary>
    internal abstract ValueTask SendAsync(byte[] value);

    /// <summary>Receives values, hands each to a handler, and confirms it when the handler has returned, until the token is cancelled.</summary>
    internal abstract Task WorkAsync(int concurrency, Func<byte[], ValueTask> handler, CancellationToken stop);

    /// <summary>Receives a value and never settles it, but tells the server that it is still worked on.</summary>
    internal abstract ValueTask HoldOneAsync();

    public abstract ValueTask DisposeAsync();
}
