using Goroutines.Runtime;

namespace Goroutines.Sync;

/// <summary>The primitive that a <see cref="SyncWaiter"/> waits for: what differs between primitives when a wait ends.</summary>
internal interface ISyncOwner : IWaitable
{
    /// <summary>The primitive's lock and queue.</summary>
    ref SyncCore Core { get; }

    /// <summary>Takes back a waiter that still waits, and corrects the state that relied on it. Call with the lock held.</summary>
    /// <param name="waiter">The waiter.</param>
    /// <param name="goOn">Receives the waiters that waited only behind it.</param>
    /// <returns>true if the waiter was taken back; false if it has, or is about to get, what it waited for.</returns>
    bool TryTakeBack(SyncWaiter waiter, ref WakeList<SyncWaiter> goOn)
    {
        if (!waiter.InQueue)
        {
            return false;
        }

        Core.Waiters.Remove(waiter);
        TakenBack(ref goOn);
        return true;
    }

    /// <summary>Corrects the state that relied on a waiter that has just been removed from the queue. Call with the lock held.</summary>
    /// <param name="goOn">Receives the waiters that waited only behind it.</param>
    void TakenBack(ref WakeList<SyncWaiter> goOn)
    {
    }

    /// <summary>Ends the wait of a waiter that was taken back as cancelled. Call without the lock.</summary>
    void EndCancelled(SyncWaiter waiter) => waiter.Complete();

    /// <summary>Called when the waiter's goroutine will never resume: takes back the waiter, or what it was given. The thread that owns
    /// the goroutine calls it.</summary>
    void Abandon(SyncWaiter waiter)
    {
        waiter.Cancel(this);
        if (waiter.Outcome == WaitOutcome.Success)
        {
            GiveBack(waiter);
        }
    }

    /// <summary>Gives back what was handed to a waiter whose goroutine will never resume. Call without the lock.</summary>
    void GiveBack(SyncWaiter waiter)
    {
    }

    /// <summary>Returns the failure that a waiter throws if it was not cancelled; null if there is none. Called by the awaiter.</summary>
    SharedFailure? FailureOf(SyncWaiter waiter) => null;

    /// <summary>Returns the hold that a waiter for a lock has got. Called by the awaiter.</summary>
    Holder HolderFor(SyncWaiter waiter) => default;
}
