namespace Goroutines.Channels;

/// <summary>Performs a case of a <see cref="Select"/> on its channel: attempts, and waits in its queue. A case without a channel has
/// no arm.</summary>
internal abstract class SelectArm
{
    /// <summary>The index of the case in the select; −1 if it is removed.</summary>
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
    /// <returns>true if it could be read; false if it is being changed at this moment.</returns>
    internal abstract bool TryAddVersion(ref uint sum);

    internal abstract void Lock();

    internal abstract void Unlock();

    /// <summary>Makes one attempt, taking the channel's lock itself.</summary>
    /// <returns>true if the operation is done and its result is in the arm; otherwise, false.</returns>
    internal abstract bool TryPerform();

    /// <summary>Makes one attempt with the lock held. After unlocking, call <see cref="FinishPartner"/> if it is done, or
    /// <see cref="MakeRoom"/> and another attempt if it needs memory.</summary>
    internal abstract Attempt TryPerformLocked();

    /// <summary>Allocates the memory that an attempt needs. Call without locks.</summary>
    internal abstract void MakeRoom();

    internal abstract void FinishPartner();

    /// <summary>Makes the waiter that it queues, if it has none. Call without locks.</summary>
    internal abstract void MakeWaiter(SelectWait pending);

    /// <summary>Joins the channel's queue, with the lock held.</summary>
    internal abstract void Enqueue();

    /// <summary>Announces a queued receiver to waits for one and to the channel's feed. Call after unlocking.</summary>
    internal abstract void Announce();

    /// <summary>Leaves the queue, if it is still in it. Takes the lock itself.</summary>
    internal abstract void Dequeue();

    /// <summary>Takes what the partner left in the waiter, if <paramref name="won"/>, and clears the waiter.</summary>
    internal abstract void TakeResult(bool won);

    /// <summary>Throws if the operation that was performed has failed: a send on a closed channel, a receive from a source that failed.</summary>
    internal abstract void ThrowIfFailed();

    /// <summary>Makes <paramref name="pending"/> the operation of the select's waits from now on.</summary>
    internal abstract void Rebind(SelectWait pending);

    /// <summary>Clears the result of the previous wait.</summary>
    internal abstract void Reset();
}
