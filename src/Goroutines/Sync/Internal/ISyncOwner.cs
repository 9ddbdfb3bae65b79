using Goroutines.Runtime;

namespace Goroutines.Sync;

/// <summary>The primitive that a <see cref="SyncWaiter"/> waits for: what differs between primitives when a wait ends.</summary>
internal interface ISyncOwner : IWaitable
{
    /// <summary>The primitive's lock and queue.</summary>
    ref SyncCore Core { get; }

    /// <summary>Takes a waiter back that still waits, and sets right what counted on it. With the lock.</summary>
    /// <param name="waiter">The waiter.</param>
    /// <param name="goOn">Takes those that have waited only behind it.</param>
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

    /// <summary>Sets right what counted on a waiter that has just been taken out of the queue. With the lock.</summary>
    /// <param name="goOn">Takes those that have waited only behind it.</param>
    void TakenBack(ref WakeList<SyncWaiter> goOn)
    {
    }

    /// <summary>Ends the wait of a waiter that was taken back as cancelled. Without the lock.</summary>
    void EndCancelled(SyncWaiter waiter) => waiter.Complete();

    /// <summary>The waiter's goroutine will never go on: takes the waiter back, or what it was given. By the thread that has the goroutine to itself.</summary>
    void Abandon(SyncWaiter waiter)
    {
        waiter.Cancel(this);
        if (waiter.Outcome == WaitOutcome.Success)
        {
            GiveBack(waiter);
        }
    }

    /// <summary>Gives back what was handed to a waiter whose goroutine will never know. Without the lock.</summary>
    void GiveBack(SyncWaiter waiter)
    {
    }

    /// <summary>The failure that a waiter which was not cancelled throws from its wait; null if it throws nothing. On the awaiter's side.</summary>
    SharedFailure? FailureOf(SyncWaiter waiter) => null;

    /// <summary>The hold that a waiter for a lock has got. On the awaiter's side.</summary>
    Holder HolderFor(SyncWaiter waiter) => default;
}
