using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Scheduler;

namespace Goroutines.Time;

/// <summary>Something that is due at a time. <see cref="Expire"/> must only enqueue: it runs on whatever worker finds it due.</summary>
internal interface ITimed
{
    /// <summary>Whether the arming with this number still stands.</summary>
    bool IsArmed(int arming);

    /// <summary>The time has come for the arming with this number, unless it no longer stands.</summary>
    void Expire(int arming);
}

internal readonly record struct TimerEntry(long When, ITimed Target, int Arming);

/// <summary>
/// Whether something timed is armed, and for the how manyth time: even is idle, odd is armed. Stopping and expiring
/// race by one CAS from the odd value to the next even one.
/// </summary>
internal struct ArmingState
{
    private int _value;

    /// <summary>Arms; the caller has it to itself while it is idle.</summary>
    internal int Arm()
    {
        Debug.Assert((_value & 1) == 0, "Armed twice.");
        Volatile.Write(ref _value, _value + 1);
        return _value;
    }

    internal bool TryClaim(int arming) => Interlocked.CompareExchange(ref _value, arming + 1, arming) == arming;

    /// <summary>Stops whatever arming stands; <see langword="false"/> when none does.</summary>
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
/// Entries are never removed when a timer is stopped: the timer's own arming number moves on, and the stale entry is
/// dropped when it comes up, or all stale ones are when the array is full. So stopping touches no other P's memory.
/// Everything is under <c>_lock</c> except <see cref="NextWhen"/>, which is written under it and read anywhere.
/// Expired targets are called after the lock is released, in batches.
/// </remarks>
internal sealed class TimerHeap
{
    private const int Arity = 4;
    private const int FirstCapacity = 16;

    private SpinMutex _lock;
    private TimerEntry[] _entries = [];
    private int _count;
    private bool _closed;
    private long _nextWhen = long.MaxValue;

    /// <summary>When the first entry, stale or not, is due; <see cref="long.MaxValue"/> when there is none.</summary>
    internal long NextWhen
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _nextWhen);
    }

    /// <summary>Adds an entry; <see langword="false"/> when the heap is closed because its P is retired.</summary>
    internal bool TryAdd(in TimerEntry entry, out bool first)
    {
        first = false;
        _lock.Enter();
        if (_closed)
        {
            _lock.Exit();
            return false;
        }

        if (_count == _entries.Length)
        {
            MakeRoom();
        }

        SiftUp(_count++, entry);
        first = entry.When < _nextWhen;
        Volatile.Write(ref _nextWhen, _entries[0].When);
        _lock.Exit();
        return true;
    }

    /// <summary>Expires what is due. Safe from any thread; two at once share the work.</summary>
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
            _lock.Exit();
            for (int i = 0; i < taken; i++)
            {
                batch[i].Target.Expire(batch[i].Arming);
            }
        }
    }

    /// <summary>Whether any entry still stands.</summary>
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

    /// <summary>When the first entry that still stands is due; <see cref="long.MaxValue"/> when there is none. Drops stale ones before it.</summary>
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

    /// <summary>Takes out what is due and still stands, first come first, without expiring it.</summary>
    internal void TakeDue(long now, List<TimerEntry> into)
    {
        while (FindNextArmed() <= now)
        {
            _lock.Enter();
            into.Add(Pop());
            _lock.Exit();
        }
    }

    /// <summary>Takes all entries out and refuses further ones.</summary>
    internal TimerEntry[] Close()
    {
        _lock.Enter();
        TimerEntry[] all = _entries.AsSpan(0, _count).ToArray();
        _entries = [];
        _count = 0;
        _closed = true;
        Volatile.Write(ref _nextWhen, long.MaxValue);
        _lock.Exit();
        return all;
    }

    internal void Open()
    {
        _lock.Enter();
        _closed = false;
        _lock.Exit();
    }

    private void MakeRoom()
    {
        // Stale entries go first; the array grows only if that leaves it more than half full.
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Target.IsArmed(_entries[i].Arming))
            {
                _entries[kept++] = _entries[i];
            }
        }

        Array.Clear(_entries, kept, _count - kept);
        bool changed = kept != _count;
        _count = kept;
        if (kept >= _entries.Length / 2)
        {
            Array.Resize(ref _entries, Math.Max(FirstCapacity, _entries.Length * 2));
        }

        for (int i = changed ? (_count - 2) / Arity : -1; i >= 0; i--)
        {
            SiftDown(i, _entries[i]);
        }
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
