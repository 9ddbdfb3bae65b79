using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The global run queue (runtime/proc.go: <c>sched.runq</c>): goroutines that were readied without a P, or that a P had no room for.</summary>
/// <remarks>
/// <para><b>Parts.</b> Go's queue is one list under the lock of the whole scheduler, where many cores meet. Here every
/// <see cref="ProcsPerPart"/> Ps share a part with a lock of its own. A goroutine's id says which part it is put into, and each take of a P begins
/// with the part after the last one, so that no part waits longer than the others. Up to that many Ps there is one part, which is first in, first
/// out.</para>
/// <para><b>Emptiness</b> is read without a lock. A reader that comes too early for what is being queued relies on the queuing thread, which wakes a
/// worker afterwards (steps S1 to S3 of the wake-up protocol; the put is S1, as with the ring of a P).</para>
/// <para><b>Closing.</b> <see cref="Close"/> comes before the threads that empty the queue for good; a put looks at it with the part's lock. So what
/// is put is found by them, or the put is refused.</para>
/// <para><b>Growing.</b> The table of parts is replaced by one that has the old parts, too. A put that a search misses, because it saw the old
/// table, came after the search: its thread sees the searcher idle.</para>
/// </remarks>
internal sealed class GlobalQueue
{
    internal const int MostParts = 64;

    /// <summary>A power of two of them, up to <see cref="MostParts"/>.</summary>
    private volatile Part[] _parts = [new Part()];
    private volatile bool _closed;

    [ModelValue(1)]
    internal static int ProcsPerPart => 8;

    internal bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            foreach (Part part in _parts)
            {
                if (part.Count != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    internal int Count => _parts.Sum(static part => part.Count);

    internal int Parts => _parts.Length;

    /// <summary>The number of goroutines taken so far. While it does not change, the first one of each part waits.</summary>
    internal long Taken => _parts.Sum(static part => part.Taken);

    /// <summary>Adds parts for this number of Ps. Parts stay, whatever happens to the Ps.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for them. Nothing has changed.</exception>
    internal void Grow(int procs)
    {
        int wanted = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)procs) / ProcsPerPart, 1, MostParts);
        for (Part[] parts = _parts; parts.Length < wanted; parts = _parts)
        {
            Part[] more = [.. parts, .. Enumerable.Range(parts.Length, wanted - parts.Length).Select(static _ => new Part())];
            Interlocked.CompareExchange(ref _parts, more, parts);
        }
    }

    /// <summary>Refuses all further puts but those by <see cref="PutAnyway"/>.</summary>
    internal void Close() => _closed = true;

    /// <summary>Appends <paramref name="count"/> goroutines that are already linked.</summary>
    /// <returns><see langword="false"/> if the queue is closed.</returns>
    internal bool TryPut(G first, G last, int count)
    {
        Part part = PartOf(first);
        part.Lock.Enter();
        bool open = !_closed;
        if (open)
        {
            part.PushBack(first, last, count);
        }

        part.Lock.Exit();
        return open;
    }

    /// <summary>Appends a goroutine even if the queue is closed: for a thread that empties it afterwards.</summary>
    internal void PutAnyway(G g)
    {
        g.QueueNext = null;
        Part part = PartOf(g);
        part.Lock.Enter();
        part.PushBack(g, g, 1);
        part.Lock.Exit();
    }

    /// <summary>Takes one goroutine to run, and moves a fair share of the rest of its part into the P's ring (globrunqget).</summary>
    /// <param name="p">The P, which the caller holds.</param>
    /// <param name="most">The highest number to take.</param>
    /// <param name="procs">The number of Ps that share what there is.</param>
    internal G? Take(P p, int most, int procs)
    {
        Part[] parts = _parts;
        uint first = p.PartsTried++;
        for (uint i = 0; i < parts.Length; i++)
        {
            Part part = parts[(first + i) & (uint)(parts.Length - 1)];
            if (part.Count == 0)
            {
                continue;
            }

            part.Lock.Enter();
            G? g = part.Take(p.Queue, most, Math.Max(1, procs / parts.Length));
            part.Lock.Exit();
            if (g is not null)
            {
                return g;
            }
        }

        return null;
    }

    /// <summary>Takes one goroutine from any part, for threads without a P.</summary>
    internal G? TakeAny()
    {
        foreach (Part part in _parts)
        {
            part.Lock.Enter();
            G? g = part.Pop();
            part.Lock.Exit();
            if (g is not null)
            {
                return g;
            }
        }

        return null;
    }

    /// <summary>Removes one goroutine from the middle.</summary>
    /// <returns><see langword="true"/> if it was in the queue; otherwise, <see langword="false"/>.</returns>
    internal bool Remove(G g)
    {
        bool found = false;
        foreach (Part part in _parts)
        {
            part.Lock.Enter();
            found = found || part.Remove(g);
            part.Lock.Exit();
        }

        return found;
    }

    /// <summary>Copies what is queued, for dumps. Goroutines that come meanwhile may be missing.</summary>
    internal void CopyTo(List<G> found)
    {
        foreach (Part part in _parts)
        {
            found.EnsureCapacity(found.Count + part.Count + 64); // nothing is allocated under the lock
            part.Lock.Enter();
            for (G? g = part.First; g is not null && found.Count < found.Capacity; g = g.QueueNext)
            {
                found.Add(g);
            }

            part.Lock.Exit();
        }
    }

    private Part PartOf(G g)
    {
        Part[] parts = _parts;
        return parts[g.Id & (parts.Length - 1)];
    }

    /// <summary>A list that is linked through <see cref="G.QueueNext"/>. All members are used with <see cref="Lock"/>, except <see cref="Count"/> and
    /// <see cref="Taken"/>, which are also read without.</summary>
    private sealed class Part
    {
        private G? _tail;
        private volatile int _count;
        private long _taken;
#pragma warning disable CS0169, IDE0051 // keeps two parts out of one cache line
        private readonly Padding _padding;
#pragma warning restore CS0169, IDE0051

        internal SpinMutex Lock;

        internal G? First { get; private set; }

        internal int Count => _count;

        internal long Taken => Volatile.Read(ref _taken);

        internal void PushBack(G first, G last, int count)
        {
            Debug.Assert(last.QueueNext is null, "The batch does not end where it says.");
            if (_tail is null)
            {
                First = first;
            }
            else
            {
                _tail.QueueNext = first;
            }

            _tail = last;
            _count += count;
        }

        internal G? Pop()
        {
            G? g = First;
            if (g is not null)
            {
                First = g.QueueNext;
                if (First is null)
                {
                    _tail = null;
                }

                g.QueueNext = null;
                _count--;
                Volatile.Write(ref _taken, _taken + 1);
            }

            return g;
        }

        internal G? Take(RunQueue ring, int most, int procs)
        {
            G? g = Pop();
            if (g is null)
            {
                return null;
            }

            int share = Math.Min(Math.Min(_count, most - 1), _count / procs);
            share = Math.Min(share, RunQueue.Capacity / 2);
            for (; share > 0 && Pop() is { } more; share--)
            {
                ring.PushBackUnlessFull(more, out bool full);
                if (full)
                {
                    PushBack(more, more, 1);
                    break;
                }
            }

            return g;
        }

        internal bool Remove(G g)
        {
            G? before = null;
            for (G? at = First; at is not null; before = at, at = at.QueueNext)
            {
                if (!ReferenceEquals(at, g))
                {
                    continue;
                }

                if (before is null)
                {
                    First = g.QueueNext;
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

        [InlineArray(16)]
        private struct Padding
        {
            private long _first;
        }
    }
}
