using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>The queue of waiting senders or receivers of a channel (runtime/chan.go: <c>waitq</c>). Owned by the channel's lock.</summary>
internal struct WaitQueue<T>
{
    private WaitList<Waiter<T>> _waiters;

    internal readonly bool IsEmpty => _waiters.IsEmpty;

    internal void Enqueue(Waiter<T> waiter) => _waiters.Enqueue(waiter);

    /// <summary>Takes the first waiter that can still be claimed: a select's may have been chosen through another channel. One whose
    /// goroutine's runtime was stopped is dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Waiter<T>? Dequeue()
    {
        while (_waiters.First is { } waiter)
        {
            _waiters.Remove(waiter);
            if (waiter.TryClaim() && !(WaitSource.AnyRuntimeStopped && waiter.TryDropOrphan()))
            {
                return waiter;
            }
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Remove(Waiter<T> waiter) => _waiters.Remove(waiter);
}
