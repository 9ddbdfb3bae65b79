using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>How the waiting senders or receivers of a channel leave their queue (runtime/chan.go: <c>waitq.dequeue</c>).</summary>
internal static class WaitQueue
{
    /// <summary>Takes the first waiter that can still be claimed: a select's may have been chosen through another channel. One whose
    /// goroutine's runtime was stopped is dropped. With the channel's lock.</summary>
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
