namespace Goroutines.Channels;

/// <summary>What a case of a <see cref="Select"/> does with its channel: attempts, and waits in the channel's queue. A case without a channel has none.</summary>
internal abstract class SelectArm
{
    /// <summary>The place of the case in the select; −1 if it is removed.</summary>
    internal abstract int Index { get; set; }

    /// <summary>Whether the channel is the nil channel, on which nothing ever happens.</summary>
    internal abstract bool IsNil { get; }

    /// <summary>The channel's place in the order of locking.</summary>
    internal abstract long LockOrder { get; }

    /// <summary>The channel, for reports; null if there is none.</summary>
    internal abstract object? ChannelObject { get; }

    /// <summary>Whether it sends, rather than receives.</summary>
    internal abstract bool Sends { get; }

    /// <summary>Whether an attempt may succeed, read without locks.</summary>
    internal abstract bool LooksReady { get; }

    /// <summary>Adds the version of the channel's state to <paramref name="sum"/>.</summary>
    /// <returns>true if it could be read; otherwise, false: it is being changed at this moment.</returns>
    internal abstract bool TryAddVersion(ref uint sum);

    internal abstract void Lock();

    internal abstract void Unlock();

    /// <summary>Makes one attempt, taking the channel's lock itself.</summary>
    /// <returns>true if it is done, with the result in the arm; otherwise, false.</returns>
    internal abstract bool TryPerform();

    /// <summary>Makes one attempt with the lock held. When it is done, <see cref="FinishPartner"/> is to be called after unlocking; when it
    /// needs memory, <see cref="MakeRoom"/>, before another attempt.</summary>
    internal abstract Attempt TryPerformLocked();

    /// <summary>Takes the memory that an attempt has found missing. Without locks.</summary>
    internal abstract void MakeRoom();

    internal abstract void FinishPartner();

    /// <summary>Makes the waiter that it queues, if it has none. Without locks.</summary>
    internal abstract void MakeWaiter(SelectWait pending);

    /// <summary>Joins the channel's queue, with the lock held.</summary>
    internal abstract void Enqueue();

    /// <summary>After unlocking: tells those who wait for a receiver that one is queued.</summary>
    internal abstract void Announce();

    /// <summary>Leaves the queue, if still in it; takes the lock itself.</summary>
    internal abstract void Dequeue();

    /// <summary>Takes what the partner left in the waiter, if <paramref name="won"/>, and clears the waiter.</summary>
    internal abstract void TakeResult(bool won);

    /// <summary>Throws if the operation that was performed has failed: a send on a closed channel, a receive from a source that failed.</summary>
    internal abstract void ThrowIfFailed();

    /// <summary>From now on the select's waits are <paramref name="pending"/>.</summary>
    internal abstract void Rebind(SelectWait pending);

    /// <summary>Forgets the result of the wait before.</summary>
    internal abstract void Reset();
}
