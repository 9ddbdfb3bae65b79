using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>
/// The run queue of one P (runtime/proc.go: <c>runqput</c>, <c>runqget</c>, <c>runqgrab</c>): a ring of 256 with one
/// producer and many consumers, preceded by the slot <c>runnext</c>.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>_tail</c>: written only by the owner of the P, with release after the slot is filled; thieves read it with acquire.</item>
/// <item><c>_head</c>: advanced by CAS, by the owner and by thieves; the thread that advances it past a slot owns what it read there.
/// The owner reads it with acquire before it fills a slot again, so a thief's reads of the slot come before.</item>
/// <item><c>_next</c>: filled by the owner only; emptied by CAS, by the owner and by thieves. Only the owner can change it from null,
/// and therefore fills it with a plain release store.</item>
/// </list>
/// A taken slot keeps its stale reference until the owner overwrites it or calls <see cref="ClearStale"/>. A thief may not write to
/// the ring, because the owner may be filling that very slot again.
/// </remarks>
internal sealed class RunQueue
{
    [ModelValue(4)]
    internal static int Capacity => 256;

    private static uint Places => (uint)Capacity;

    private static uint Mask => Places - 1;

    /// <summary>The limit of <see cref="IsNearlyEmpty"/>, in the ring, besides <c>runnext</c>.</summary>
    private const uint Few = 2;

    private readonly Slot[] _ring = new Slot[Capacity];
    private G? _next;
    private uint _head;
    private uint _tail;
    private uint _cleared;

    internal bool IsEmpty
    {
        get
        {
            // A goroutine may move from _next into the ring between the reads, so read the tail twice (runqempty).
            while (true)
            {
                uint head = Volatile.Read(ref _head);
                uint tail = Volatile.Read(ref _tail);
                G? next = Volatile.Read(ref _next);
                if (tail == Volatile.Read(ref _tail))
                {
                    return head == tail && next is null;
                }
            }
        }
    }

    internal G? Next => Volatile.Read(ref _next);

    internal bool IsRingEmpty => Volatile.Read(ref _head) == Volatile.Read(ref _tail);

    /// <summary>The number of goroutines taken from the ring so far, modulo 2^32. While it does not change, the first one in the
    /// ring waits.</summary>
    internal uint RingTaken => Volatile.Read(ref _head);

    internal int Count => (int)(Volatile.Read(ref _tail) - Volatile.Read(ref _head)) + (Next is null ? 0 : 1);

    /// <summary>Owner: makes <paramref name="g"/> the next to run. The goroutine that was next goes to the back of the ring.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PushNext(G g, Scheduler overflow)
    {
        if (_next is null)
        {
            Volatile.Write(ref _next, g);
            return;
        }

        G? kicked = Interlocked.Exchange(ref _next, g);
        if (kicked is not null)
        {
            PushBack(kicked, overflow);
        }
    }

    /// <summary>Owner: whether so few goroutines are queued that they may be left to the owner itself.</summary>
    internal bool IsNearlyEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _tail - Volatile.Read(ref _head) <= Few;
    }

    /// <summary>Owner: puts <paramref name="g"/> at the back. A full ring moves half of its goroutines to the global queue.</summary>
    internal void PushBack(G g, Scheduler overflow)
    {
        while (true)
        {
            uint head = Volatile.Read(ref _head);
            uint tail = _tail;
            if (tail - head < Places)
            {
                _ring[tail & Mask].G = g;
                Volatile.Write(ref _tail, tail + 1);
                return;
            }

            if (PushBackSlow(g, head, tail, overflow))
            {
                return;
            }
        }
    }

    /// <summary>Owner: puts a goroutine at the back, for callers that hold the lock of a part of the global queue, into which a full ring would overflow.</summary>
    internal void PushBackUnlessFull(G g, out bool full)
    {
        uint tail = _tail;
        full = tail - Volatile.Read(ref _head) >= Places;
        if (!full)
        {
            _ring[tail & Mask].G = g;
            Volatile.Write(ref _tail, tail + 1);
        }
    }

    /// <summary>Owner: takes the next goroutine to run, first from <c>runnext</c> (which inherits the time slice), then from the ring.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal G? Get(out bool inheritTime)
    {
        G? next = _next;
        if (next is not null && ReferenceEquals(Interlocked.CompareExchange(ref _next, null, next), next))
        {
            inheritTime = true;
            return next;
        }

        inheritTime = false;
        return GetFromRing();
    }

    internal G? GetFromRing()
    {
        while (true)
        {
            uint head = Volatile.Read(ref _head);
            if (head == _tail)
            {
                return null;
            }

            G? g = _ring[head & Mask].G;
            if (Interlocked.CompareExchange(ref _head, head + 1, head) == head)
            {
                _ring[head & Mask].G = null;
                return g;
            }
        }
    }

    /// <summary>Owner: moves the goroutine in <c>runnext</c> to the back, because the time slice of its chain is used up.</summary>
    internal void KickNext(Scheduler overflow)
    {
        if (TakeNext() is { } g)
        {
            PushBack(g, overflow);
        }
    }

    internal G? TakeNext() => Interlocked.Exchange(ref _next, null);

    /// <summary>Owner of this queue, which is empty or nearly so: takes half of <paramref name="victim"/>'s ring.</summary>
    /// <param name="victim">The queue to take from.</param>
    /// <param name="takeNext">Whether to take the victim's <c>runnext</c> if its ring is empty.</param>
    /// <returns>One of the stolen goroutines, to run at once, or null if there was nothing.</returns>
    internal G? StealFrom(RunQueue victim, bool takeNext)
    {
        uint tail = _tail;
        uint count = victim.Grab(this, tail, takeNext);
        if (count == 0)
        {
            return null;
        }

        count--;
        ref Slot last = ref _ring[(tail + count) & Mask];
        G? g = last.G;
        last.G = null;
        if (count != 0)
        {
            Debug.Assert(tail - Volatile.Read(ref _head) + count < Places, "A steal overflowed the thief's ring.");
            Volatile.Write(ref _tail, tail + count);
        }

        return g;
    }

    /// <summary>Any thread: takes the goroutine that has waited longest; <c>runnext</c> comes last.</summary>
    internal G? TakeOutside()
    {
        while (true)
        {
            uint head = Volatile.Read(ref _head);
            if (head == Volatile.Read(ref _tail))
            {
                return Next is null ? null : TakeNext();
            }

            G? g = Volatile.Read(ref _ring[head & Mask].G);
            if (Interlocked.CompareExchange(ref _head, head + 1, head) == head)
            {
                return g;
            }
        }
    }

    /// <summary>Owner: clears the references in slots that thieves have taken, so that the ring keeps no goroutine alive.</summary>
    internal void ClearStale()
    {
        uint head = Volatile.Read(ref _head);
        if (head - _cleared > Places)
        {
            _cleared = head - Places;
        }

        // Slots before head that were filled again hold live entries of this lap: stop before them.
        uint tail = _tail;
        for (; _cleared != head; _cleared++)
        {
            if (tail - _cleared <= Places)
            {
                _ring[_cleared & Mask].G = null;
            }
        }
    }

    /// <summary>
    /// Clears every reference in the slots of an empty ring, including what a failed steal has left beyond the tail. The
    /// caller has the P to itself and knows that no thread steals.
    /// </summary>
    internal void ClearEmpty()
    {
        if (IsEmpty)
        {
            Array.Clear(_ring);
            _cleared = _head;
        }
    }

    /// <summary>Copies what is queued at this moment, for dumps. The copy is racy, and complete only while the owner does nothing.</summary>
    internal void CopyTo(List<G> list)
    {
        if (Volatile.Read(ref _next) is { } next)
        {
            list.Add(next);
        }

        uint head = Volatile.Read(ref _head);
        uint tail = Volatile.Read(ref _tail);
        for (; head != tail; head++)
        {
            if (_ring[head & Mask].G is { } g)
            {
                list.Add(g);
            }
        }
    }

    private uint Grab(RunQueue thief, uint thiefTail, bool takeNext)
    {
        while (true)
        {
            uint head = Volatile.Read(ref _head);
            uint tail = Volatile.Read(ref _tail);
            uint count = tail - head;
            count -= count / 2;
            if (count == 0)
            {
                if (!takeNext || Volatile.Read(ref _next) is not { } next
                    || !ReferenceEquals(Interlocked.CompareExchange(ref _next, null, next), next))
                {
                    return 0;
                }

                thief._ring[thiefTail & Mask].G = next;
                return 1;
            }

            if (count > Places / 2)
            {
                continue; // head and tail were read inconsistently
            }

            for (uint i = 0; i < count; i++)
            {
                thief._ring[(thiefTail + i) & Mask].G = _ring[(head + i) & Mask].G;
            }

            if (Interlocked.CompareExchange(ref _head, head + count, head) == head)
            {
                return count;
            }
        }
    }

    private bool PushBackSlow(G g, uint head, uint tail, Scheduler overflow)
    {
        Debug.Assert(tail - head == Places, "The ring is not full.");
        uint half = Places / 2;
        if (Interlocked.CompareExchange(ref _head, head + half, head) != head)
        {
            return false;
        }

        // The slots behind the new head belong to this thread: thieves have moved on, and only the owner fills them.
        ref Slot slot = ref _ring[head & Mask];
        G first = slot.G!;
        G last = first;
        slot.G = null;
        for (uint i = 1; i < half; i++)
        {
            slot = ref _ring[(head + i) & Mask];
            last.QueueNext = slot.G;
            last = slot.G!;
            slot.G = null;
        }

        last.QueueNext = g;
        g.QueueNext = null;
        overflow.EnqueueGlobal(first, g, (int)half + 1);
        return true;
    }

    /// <summary>A struct around the reference avoids the array's covariance check on every store.</summary>
    private struct Slot
    {
        internal G? G;
    }
}
