using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>The global run queue (runtime/proc.go: <c>sched.runq</c>): goroutines that were readied without a P, or that a P had no room for.</summary>
/// <remarks>
/// First in, first out, linked through <see cref="G.QueueNext"/>. It is a part of the scheduler, embedded by value. All members are
/// called under the scheduler's lock, except <see cref="Count"/>, which is also read without it. A reader that comes too early for
/// what is being queued relies on the queuing thread, which wakes a worker afterwards (steps S1 to S3 of the wake-up protocol).
/// </remarks>
internal struct GlobalQueue
{
    private G? _head;
    private G? _tail;
    private volatile int _count;

    internal readonly int Count => _count;

    /// <summary>The number of goroutines taken so far. While it does not change, the first one in the queue waits. Written under the lock, read
    /// anywhere.</summary>
    internal long Taken;

    /// <summary>The goroutine that will be taken next.</summary>
    internal readonly G? First => _head;

    /// <summary>Appends <paramref name="count"/> goroutines that are already linked.</summary>
    internal void PushBack(G first, G last, int count)
    {
        Debug.Assert(last.QueueNext is null, "The batch does not end where it says.");
        if (_tail is null)
        {
            _head = first;
        }
        else
        {
            _tail.QueueNext = first;
        }

        _tail = last;
        _count += count;
    }

    internal void PushBack(G g)
    {
        g.QueueNext = null;
        PushBack(g, g, 1);
    }

    internal G? Pop()
    {
        G? g = _head;
        if (g is not null)
        {
            _head = g.QueueNext;
            if (_head is null)
            {
                _tail = null;
            }

            g.QueueNext = null;
            _count--;
            Taken++;
        }

        return g;
    }

    /// <summary>Removes one goroutine from the middle.</summary>
    /// <returns><see langword="true"/> if it was in the queue; otherwise, <see langword="false"/>.</returns>
    internal bool Remove(G g)
    {
        G? before = null;
        for (G? at = _head; at is not null; before = at, at = at.QueueNext)
        {
            if (!ReferenceEquals(at, g))
            {
                continue;
            }

            if (before is null)
            {
                _head = g.QueueNext;
            }
            else
            {
                before.QueueNext = g.QueueNext;
            }

            if (ReferenceEquals(_tail, g))
            {
                _tail = before;
            }

            g.QueueNext = null;
            _count--;
            return true;
        }

        return false;
    }
}
