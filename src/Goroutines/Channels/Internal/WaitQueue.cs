using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>The queue of waiting senders or receivers of a channel (runtime/chan.go: <c>waitq</c>). Owned by the channel's lock.</summary>
internal struct WaitQueue<T>
{
    private Waiter<T>? _first;
    private Waiter<T>? _last;

    internal readonly bool IsEmpty => Volatile.Read(in _first) is null;

    internal void Enqueue(Waiter<T> waiter)
    {
        waiter.InQueue = true;
        waiter.Previous = _last;
        if (_last is null)
        {
            Volatile.Write(ref _first, waiter);
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
    }

    /// <summary>Takes the first waiter that can still be claimed: a select's may have been chosen through another channel. One whose
    /// goroutine's runtime was stopped is dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Waiter<T>? Dequeue()
    {
        while (_first is { } waiter)
        {
            Remove(waiter);
            if (waiter.TryClaim() && !(WaitSource.AnyRuntimeStopped && waiter.TryDropOrphan()))
            {
                return waiter;
            }
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Remove(Waiter<T> waiter)
    {
        Waiter<T>? next = waiter.Next;
        Waiter<T>? previous = waiter.Previous;
        if (previous is null)
        {
            Volatile.Write(ref _first, next);
        }
        else
        {
            previous.Next = next;
            waiter.Previous = null;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Previous = previous;
            waiter.Next = null;
        }

        waiter.InQueue = false;
    }
}
