using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Something that is due at a time. <see cref="Expire"/> must only enqueue: it runs on whatever worker finds it due.</summary>
internal interface ITimed
{
    /// <summary>Returns whether the arming with this number still stands.</summary>
    bool IsArmed(int arming);

    /// <summary>Called when the time has come for the arming with this number. Does nothing if that no longer stands.</summary>
    void Expire(int arming);
}

internal readonly record struct TimerEntry(long When, ITimed Target, int Arming);

/// <summary>
/// Whether something timed is armed, and how often it has been: an even value is idle, an odd one is armed. Stopping
/// and expiring compete by one CAS from the odd value to the next even one.
/// </summary>
internal struct ArmingState
{
    private int _value;

    /// <summary>Arms it. The caller has it to itself while it is idle.</summary>
    internal int Arm()
    {
        Debug.Assert((_value & 1) == 0, "Armed twice.");
        Volatile.Write(ref _value, _value + 1);
        return _value;
    }

    internal bool TryClaim(int arming) => Interlocked.CompareExchange(ref _value, arming + 1, arming) == arming;

    /// <summary>Stops the current arming. Returns <see langword="false"/> if there is none.</summary>
    internal bool TryDisarm()
    {
        int value = Volatile.Read(ref _value);
        return (value & 1) != 0 && TryClaim(value);
    }

    internal readonly bool IsArmed => (Volatile.Read(in _value) & 1) != 0;

    internal readonly bool Stands(int arming) => Volatile.Read(in _value) == arming;
}

/// <summary>The timers of one P (runtime/time.go: <c>timers</c>): a 4-ary heap of times.</summary>
/// <remarks>
/// Entries are not removed when a timer is stopped. Instead the timer's own arming number advances, and the stale entry is
/// dropped when it comes up. All stale entries are dropped when the heap has grown to twice the number that stood at the last
/// look, so that there are never many more stale entries than others. So stopping touches no other P's memory.
/// Everything is under <c>_lock</c> except <see cref="NextWhen"/>, which is written under it and read anywhere. Expired
/// targets are called after the lock is released, in batches. Nothing is allocated under the lock, since an allocation that
/// fails would leave it held for ever: arrays are allocated before, and exchanged under it.
/// </remarks>
internal sealed class TimerHeap
{
    private const int Arity = 4;
    private const int FirstCapacity = 16;

    /// <summary>An array that is longer than this, and at most one eighth full, is exchanged for a shorter one.</summary>
    private const int WorthShrinking = 1024;

    private SpinMutex _lock;
    private TimerEntry[] _entries = [];
    private int _count;

    /// <summary>The number of entries, including stale ones. Read without the lock.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>The number of entries at which the heap is searched for stale ones.</summary>
    private int _sweepAt = FirstCapacity;
    private bool _closed;
    private long _nextWhen = long.MaxValue;

    /// <summary>When the first entry, stale or not, is due; <see cref="long.MaxValue"/> if there is none.</summary>
    internal long NextWhen
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _nextWhen);
    }

    /// <summary>Adds an entry. Returns <see langword="false"/> if the heap is closed because its P is retired.</summary>
    internal bool TryAdd(in TimerEntry entry, out bool first)
    {
        first = false;
        _lock.Enter();
        while (!_closed && !HasRoom(out int length))
        {
            _lock.Exit();
            TimerEntry[] longer = new TimerEntry[length];
            _lock.Enter();
            Exchange(longer);
        }

        if (_closed)
        {
            _lock.Exit();
            return false;
        }

        SiftUp(_count++, entry);
        first = entry.When < _nextWhen;
        Volatile.Write(ref _nextWhen, _entries[0].When);
        _lock.Exit();
        return true;
    }

    /// <summary>Expires what is due. Safe to call from any thread; two at once share the work.</summary>
    internal void RunDue(long now)
    {
        while (NextWhen <= now)
        {
            Batch batch = default;
            int taken = 0;
            _lock.Enter();
            while (taken < Batch.Size && _count != 0 && _entries[0].When <= now)
            {
                batch[taken++] = Pop();
            }

            Volatile.Write(ref _nextWhen, _count == 0 ? long.MaxValue : _entries[0].When);
            int length = _entries.Length;
            bool shrink = length > WorthShrinking && _count <= length / 8;
            _lock.Exit();
            if (shrink)
            {
                Shrink(length / 4);
            }

            for (int i = 0; i < taken; i++)
            {
                batch[i].Target.Expire(batch[i].Arming);
            }
        }
    }

    /// <summary>Returns whether any entry still stands.</summary>
    internal bool AnyArmed()
    {
        _lock.Enter();
        bool any = false;
        for (int i = 0; i < _count && !any; i++)
        {
            any = _entries[i].Target.IsArmed(_entries[i].Arming);
        }

        _lock.Exit();
        return any;
    }

    /// <summary>Returns when the first entry that still stands is due, or <see cref="long.MaxValue"/> if there is none. Drops stale entries before
    /// it.</summary>
    internal long FindNextArmed()
    {
        _lock.Enter();
        while (_count != 0 && !_entries[0].Target.IsArmed(_entries[0].Arming))
        {
            Pop();
        }

        long when = _count == 0 ? long.MaxValue : _entries[0].When;
        Volatile.Write(ref _nextWhen, when);
        _lock.Exit();
        return when;
    }

    /// <summary>Takes out what is due and still stands, in order, without expiring it.</summary>
    internal void TakeDue(long now, List<TimerEntry> into)
    {
        while (FindNextArmed() <= now)
        {
            into.EnsureCapacity(into.Count + 1);
            _lock.Enter();
            into.Add(Pop());
            _lock.Exit();
        }
    }

    /// <summary>Takes out all entries and refuses further ones.</summary>
    internal ArraySegment<TimerEntry> Close()
    {
        _lock.Enter();
        ArraySegment<TimerEntry> all = new(_entries, 0, _count);
        _entries = [];
        _count = 0;
        _sweepAt = FirstCapacity;
        _closed = true;
        Volatile.Write(ref _nextWhen, long.MaxValue);
        _lock.Exit();
        return all;
    }

    /// <summary>Accepts entries again, and puts back those that were taken out when it was closed, from the one numbered <paramref name="first"/>.
    /// Needs no memory.</summary>
    internal void Reopen(ArraySegment<TimerEntry> closed, int first)
    {
        int count = closed.Count - first;
        TimerEntry[] entries = closed.Array!;
        Array.Copy(entries, first, entries, 0, count);
        Array.Clear(entries, count, first);
        _lock.Enter();
        _entries = entries;
        _count = count;
        _sweepAt = Math.Max(FirstCapacity, 2 * count);
        _closed = false;
        Order();
        Volatile.Write(ref _nextWhen, count == 0 ? long.MaxValue : entries[0].When);
        _lock.Exit();
    }

    internal void Open()
    {
        _lock.Enter();
        _closed = false;
        _lock.Exit();
    }

    /// <summary>Returns whether there is room for one entry. If it returns false, an array of <paramref name="length"/> is needed.
    /// With the lock.</summary>
    private bool HasRoom(out int length)
    {
        length = 0;
        if (_count < _sweepAt && _count < _entries.Length)
        {
            return true;
        }

        if (_count >= _sweepAt)
        {
            DropStale();
            _sweepAt = Math.Max(FirstCapacity, 2 * _count);
        }

        length = Math.Max(FirstCapacity, _entries.Length * 2);
        return _count < _entries.Length;
    }

    private void DropStale()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Target.IsArmed(_entries[i].Arming))
            {
                _entries[kept++] = _entries[i];
            }
        }

        if (kept == _count)
        {
            return;
        }

        Array.Clear(_entries, kept, _count - kept);
        _count = kept;
        Order();
    }

    /// <summary>Turns entries in any order into a heap. With the lock.</summary>
    private void Order()
    {
        for (int i = (_count - 2) / Arity; i >= 0; i--)
        {
            SiftDown(i, _entries[i]);
        }
    }

    /// <summary>Uses another array if the entries fit into it. With the lock.</summary>
    private void Exchange(TimerEntry[] array)
    {
        if (!_closed && _count < array.Length)
        {
            Array.Copy(_entries, array, _count);
            _entries = array;
        }
    }

    private void Shrink(int length)
    {
        TimerEntry[] shorter;
        try
        {
            shorter = new TimerEntry[length];
        }
        catch (OutOfMemoryException)
        {
            return; // it has been long enough so far
        }

        _lock.Enter();
        if (shorter.Length < _entries.Length)
        {
            Exchange(shorter);
        }

        _lock.Exit();
    }

    private TimerEntry Pop()
    {
        TimerEntry top = _entries[0];
        TimerEntry last = _entries[--_count];
        _entries[_count] = default;
        if (_count != 0)
        {
            SiftDown(0, last);
        }

        return top;
    }

    private void SiftUp(int index, TimerEntry entry)
    {
        TimerEntry[] entries = _entries;
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            if (entries[parent].When <= entry.When)
            {
                break;
            }

            entries[index] = entries[parent];
            index = parent;
        }

        entries[index] = entry;
    }

    private void SiftDown(int index, TimerEntry entry)
    {
        TimerEntry[] entries = _entries;
        while (true)
        {
            int child = (index * Arity) + 1;
            if (child >= _count)
            {
                break;
            }

            int end = Math.Min(child + Arity, _count);
            int least = child;
            for (child++; child < end; child++)
            {
                if (entries[child].When < entries[least].When)
                {
                    least = child;
                }
            }

            if (entries[least].When >= entry.When)
            {
                break;
            }

            entries[index] = entries[least];
            index = least;
        }

        entries[index] = entry;
    }

    [InlineArray(Size)]
    private struct Batch
    {
        internal const int Size = 32;
        private TimerEntry _first;
    }
}
