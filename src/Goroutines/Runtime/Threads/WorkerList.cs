namespace Goroutines.Runtime;

/// <summary>The workers of one scheduler (runtime/proc.go: <c>allm</c>).</summary>
/// <remarks>
/// The list is changed under the scheduler's lock and enumerated without it. Each worker keeps its slot until it leaves, so an
/// enumeration meets every worker that is in the list from its beginning to its end. It may or may not meet one that comes or goes
/// meanwhile. The arrays are replaced by ones of twice the length. Those are allocated outside the lock, because an allocation that
/// fails would leave the lock held.
/// </remarks>
internal sealed class WorkerList
{
    private const int FirstCapacity = 8;

    /// <summary>The slot of a worker that is in no list.</summary>
    internal const int None = -1;


    /// <summary>Published after it has been filled; the slots themselves are written in place.</summary>
    private volatile M?[] _slots = [];

    /// <summary>For each free slot, the next free one. Owned by the lock, like the two below.</summary>
    private int[] _nextFree = [];
    private int _firstFree = None;
    private int _used;
    private volatile int _count;

    /// <summary>The number of workers; without the lock, a reading at one moment.</summary>
    internal int Count => _count;

    /// <summary>Adds a worker. The caller does not hold <paramref name="owner"/>, the lock under which this list is changed.</summary>
    /// <exception cref="OutOfMemoryException">The list is as it was, and the lock is free.</exception>
    internal void Add(M m, ref SpinMutex owner)
    {
        owner.Enter();
        while (_firstFree == None && _used == _slots.Length)
        {
            int length = Math.Max(FirstCapacity, 2 * _slots.Length);
            owner.Exit();
            var slots = new M?[length];
            int[] nextFree = new int[length];
            owner.Enter();
            Exchange(slots, nextFree);
        }

        int slot = _firstFree;
        if (slot != None)
        {
            _firstFree = _nextFree[slot];
        }
        else
        {
            slot = _used++;
        }

        m.ListSlot = slot;
        Volatile.Write(ref _slots[slot], m); // release: a reader that meets it sees it complete
        _count++;
        owner.Exit();
    }

    /// <summary>Removes a worker. With the lock.</summary>
    internal void RemoveLocked(M m)
    {
        int slot = m.ListSlot;
        m.ListSlot = None;
        _slots[slot] = null;
        _nextFree[slot] = _firstFree;
        _firstFree = slot;
        _count--;
    }

    public Enumerator GetEnumerator() => new(_slots);

    /// <summary>Installs longer arrays, unless another thread has been faster. With the lock.</summary>
    private void Exchange(M?[] slots, int[] nextFree)
    {
        if (slots.Length > _slots.Length)
        {
            Array.Copy(_slots, slots, _used);
            Array.Copy(_nextFree, nextFree, _used);
            _nextFree = nextFree;
            _slots = slots;
        }
    }

    internal struct Enumerator(M?[] slots)
    {
        private int _next;

        public M Current { get; private set; } = null!;

        public bool MoveNext()
        {
            while (_next < slots.Length)
            {
                if (Volatile.Read(ref slots[_next++]) is { } m)
                {
                    Current = m;
                    return true;
                }
            }

            return false;
        }
    }
}
