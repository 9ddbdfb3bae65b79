using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>The global run queue (runtime/proc.go: <c>sched.runq</c>): goroutines that were readied without a P, or that a P had no room for.</summary>
/// <remarks>
/// First in, first out, linked through <see cref="G.QueueNext"/>. A part of the scheduler, embedded by value: everything is called
/// under the scheduler's lock, but <see cref="Count"/>, which is also read without it. A reader that comes too early for what is being
/// queued relies on the queuing thread, which wakes a worker after it (steps S1 to S3 of the wake-up protocol).
/// </remarks>
internal struct GlobalQueue
{
    private G? _head;
    private G? _tail;
    private volatile int _count;

    internal readonly int Count => _count;

    /// <summary>How many have been taken so far: while this stands still, the first one waits. Written under the lock, read anywhere.</summary>
    internal long Taken;

    /// <summary>The goroutine that is taken next.</summary>
    internal readonly G? First => _head;

    /// <summary>Appends <paramref name="count"/> goroutines that are linked already.</summary>
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

    /// <summary>Takes one goroutine out of the middle.</summary>
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
