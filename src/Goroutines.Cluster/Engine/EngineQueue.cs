namespace Goroutines.Cluster.Engine;

/// <summary>A bounded queue that keeps each message until it is acknowledged.</summary>
internal abstract class EngineQueue : IAsyncDisposable
{
    /// <summary>Stores a message unless one with its id was stored lately, or the queue is full of stored and unacknowledged ones.</summary>
    internal abstract ValueTask<PublishOutcome> PublishAsync(EngineMessage message, CancellationToken cancellationToken);

    /// <summary>Waits for the next message. A cancelled pull has taken nothing: what comes for it all the same goes to another pull or back.</summary>
    /// <param name="wanted">How many the caller could take now: a hint for how many to ask for.</param>
    /// <param name="wakes">What <see cref="Wakes"/> was before the caller looked whether to pull at all: a wake since then is not missed.</param>
    /// <param name="cancellationToken">Withdraws the pull.</param>
    /// <returns>The message; null when none came for a while, or after <see cref="WakePulls"/>.</returns>
    internal abstract ValueTask<EngineDelivery?> PullAsync(int wanted, int wakes, CancellationToken cancellationToken);

    /// <summary>How often the pulls of this process have been woken.</summary>
    internal abstract int Wakes { get; }

    /// <summary>Makes the pulls that wait in this process return null, and those that are about to.</summary>
    internal abstract void WakePulls();

    internal abstract ValueTask<QueueState> StateAsync(CancellationToken cancellationToken);

    /// <summary>Stores a dead letter unless it was stored already.</summary>
    internal abstract ValueTask<Unit> BuryAsync(EngineMessage message, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> dead letters of this queue after a sequence number, in order.</summary>
    internal abstract ValueTask<IReadOnlyList<DeadEntry>> DeadAsync(long after, int limit, CancellationToken cancellationToken);

    internal abstract ValueTask<Unit> RemoveDeadAsync(long sequence, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A message that is held: nobody else gets it before the hold runs out.</summary>
internal abstract class EngineDelivery(EngineMessage message, long sequence, int attempt, DateTimeOffset storedAt, long heldSince)
{
    internal EngineMessage Message { get; } = message;

    internal long Sequence { get; } = sequence;

    /// <summary>How often the message has been handed out, this time included.</summary>
    internal int Attempt { get; } = attempt;

    internal DateTimeOffset StoredAt { get; } = storedAt;

    /// <summary>A time stamp of the local clock at which the engine cannot yet have begun to count the hold.</summary>
    internal long HeldSince { get; } = heldSince;

    /// <summary>Removes the message, and returns when the engine has confirmed it.</summary>
    internal abstract ValueTask<Unit> AckAsync(CancellationToken cancellationToken);

    /// <summary>Gives the message back; it is handed out again after the delay.</summary>
    internal abstract ValueTask<Unit> NakAsync(TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Begins the hold anew.</summary>
    internal abstract ValueTask<Unit> ProgressAsync(CancellationToken cancellationToken);
}
