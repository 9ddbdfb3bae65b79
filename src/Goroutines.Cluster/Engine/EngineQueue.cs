namespace Goroutines.Cluster.Engine;

/// <summary>A bounded queue that keeps each message until it is acknowledged.</summary>
internal abstract class EngineQueue : IAsyncDisposable
{
    /// <summary>Stores a message, unless one with its id was stored recently or the queue is full. Messages that are held count.</summary>
    internal abstract ValueTask<PublishOutcome> PublishAsync(EngineMessage message, CancellationToken cancellationToken);

    /// <summary>Waits for the next message. A cancelled pull takes nothing: a message that still arrives for it goes to another pull or
    /// back.</summary>
    /// <param name="wanted">How many messages the caller could take now: a hint for how many to request.</param>
    /// <param name="wakes">The value of <see cref="Wakes"/> before the caller decided to pull. A wake since then is not missed.</param>
    /// <param name="cancellationToken">Withdraws the pull.</param>
    /// <returns>The message; null if none came for a while, or after <see cref="WakePulls"/>.</returns>
    internal abstract ValueTask<EngineDelivery?> PullAsync(int wanted, int wakes, CancellationToken cancellationToken);

    /// <summary>The number of times that the pulls of this process were woken.</summary>
    internal abstract int Wakes { get; }

    /// <summary>Makes the pulls of this process that wait, or are about to, return null.</summary>
    internal abstract void WakePulls();

    internal abstract ValueTask<QueueState> StateAsync(CancellationToken cancellationToken);

    /// <summary>Stores a dead letter unless it is stored already.</summary>
    internal abstract ValueTask<Unit> BuryAsync(EngineMessage message, CancellationToken cancellationToken);

    /// <summary>Returns up to <paramref name="limit"/> dead letters of this queue after a sequence number, in order.</summary>
    internal abstract ValueTask<IReadOnlyList<DeadEntry>> DeadAsync(long after, int limit, CancellationToken cancellationToken);

    internal abstract ValueTask<Unit> RemoveDeadAsync(long sequence, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A message that is held: no other receiver gets it before the hold expires.</summary>
internal abstract class EngineDelivery(EngineMessage message, long sequence, int attempt, DateTimeOffset storedAt, long heldSince)
{
    internal EngineMessage Message { get; } = message;

    internal long Sequence { get; } = sequence;

    /// <summary>How often the message was delivered, including this time.</summary>
    internal int Attempt { get; } = attempt;

    internal DateTimeOffset StoredAt { get; } = storedAt;

    /// <summary>A time stamp of the local clock, not later than the time from which the engine counts the hold.</summary>
    internal long HeldSince { get; } = heldSince;

    /// <summary>Removes the message, and returns when the engine has confirmed it.</summary>
    internal abstract ValueTask<Unit> AckAsync(CancellationToken cancellationToken);

    /// <summary>Gives the message back. It is delivered again after the delay.</summary>
    internal abstract ValueTask<Unit> NakAsync(TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Starts the hold again.</summary>
    internal abstract ValueTask<Unit> ProgressAsync(CancellationToken cancellationToken);
}
