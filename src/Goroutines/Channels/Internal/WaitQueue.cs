using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>Dequeues the waiting senders or receivers of a channel (runtime/chan.go: <c>waitq.dequeue</c>).</summary>
internal static class WaitQueue
{
    /// <summary>Takes the first waiter that can still be claimed: a select may already have been completed through another channel. A waiter whose
    /// goroutine's runtime was stopped is dropped. Call with the channel's lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Waiter<T>? DequeueClaimed<T>(this ref WaitList<Waiter<T>> waiters)
    {
        while (waiters.First is { } waiter)
        {
            waiters.Remove(waiter);
            if (waiter.TryClaim() && !(WaitSource.AnyRuntimeStopped && waiter.TryDropOrphan()))
            {
                return waiter;
            }
        }

        return null;
    }
}
