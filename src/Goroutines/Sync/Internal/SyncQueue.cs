using System.Diagnostics;

namespace Goroutines.Sync;

/// <summary>Waiters in the order in which they are served: a list linked through the waiters. Owned by the primitive's lock.</summary>
internal struct SyncQueue
{
    private SyncWaiter? _last;

    internal SyncWaiter? First { get; private set; }

    internal int Count { get; private set; }

    internal readonly bool IsEmpty => First is null;

    internal void Enqueue(SyncWaiter waiter)
    {
        Debug.Assert(!waiter.InQueue, "A waiter was queued twice.");
        waiter.InQueue = true;
        waiter.Previous = _last;
        if (_last is null)
        {
            First = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        Count++;
    }

    /// <summary>Puts a waiter that has lost a race for what it was woken for back to the front.</summary>
    internal void EnqueueFirst(SyncWaiter waiter)
    {
        Debug.Assert(!waiter.InQueue, "A waiter was queued twice.");
        waiter.InQueue = true;
        waiter.Next = First;
        if (First is null)
        {
            _last = waiter;
        }
        else
        {
            First.Previous = waiter;
        }

        First = waiter;
        Count++;
    }

    internal SyncWaiter? Dequeue()
    {
        SyncWaiter? waiter = First;
        if (waiter is not null)
        {
            Remove(waiter);
        }

        return waiter;
    }

    internal void Remove(SyncWaiter waiter)
    {
        Debug.Assert(waiter.InQueue, "A waiter was taken out of a queue it is not in.");
        SyncWaiter? next = waiter.Next;
        SyncWaiter? previous = waiter.Previous;
        if (previous is null)
        {
            First = next;
        }
        else
        {
            previous.Next = next;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Previous = previous;
        }

        waiter.Next = null;
        waiter.Previous = null;
        waiter.InQueue = false;
        Count--;
    }

    /// <summary>Takes all out at once, as a list linked by <see cref="SyncWaiter.Next"/>, to be completed after unlocking.</summary>
    internal SyncWaiter? TakeAll()
    {
        SyncWaiter? all = First;
        for (SyncWaiter? waiter = all; waiter is not null; waiter = waiter.Next)
        {
            waiter.Previous = null;
            waiter.InQueue = false;
        }

        First = null;
        _last = null;
        Count = 0;
        return all;
    }

    /// <summary>Completes a list that <see cref="TakeAll"/> gave, first come first. Holding no lock.</summary>
    internal static void CompleteAll(SyncWaiter? waiters)
    {
        while (waiters is not null)
        {
            SyncWaiter? next = waiters.Next;
            waiters.Next = null;
            waiters.Complete();
            waiters = next;
        }
    }
}
