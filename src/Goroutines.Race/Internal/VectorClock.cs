using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>A vector clock: the last known epoch of each slot. Its values never decrease.</summary>
/// <remarks>Writers hold the lock of the object to which the clock belongs. <see cref="this[int]"/> is also read without that lock: if
/// others write the clock meanwhile, a stale value is from an earlier moment.</remarks>
internal struct VectorClock
{
    private long[]? _values;
    private bool _shared;

    internal readonly bool IsEmpty => _values is null;

    internal readonly long this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            long[]? values = Volatile.Read(in _values);
            return values is not null && (uint)slot < (uint)values.Length ? values[slot] : 0;
        }
    }

    internal void Set(int slot, long value)
    {
        Own(slot + 1);
        _values![slot] = value;
    }

    /// <summary>Takes the greater value of the two clocks for each slot.</summary>
    internal void Merge(in VectorClock other)
    {
        if (other._values is not { } theirs || ReferenceEquals(theirs, _values))
        {
            return;
        }

        long[]? mine = _values;
        int first = 0;
        while (first < theirs.Length && theirs[first] <= (mine is not null && first < mine.Length ? mine[first] : 0))
        {
            first++;
        }

        if (first == theirs.Length)
        {
            return;
        }

        Own(theirs.Length);
        mine = _values!;
        for (int i = first; i < theirs.Length; i++)
        {
            if (theirs[i] > mine[i])
            {
                mine[i] = theirs[i];
            }
        }
    }

    /// <summary>Returns a copy that shares the memory until either of the two changes.</summary>
    internal VectorClock Snapshot()
    {
        _shared = _values is not null;
        return this;
    }

    /// <summary>Ensures that this clock does not share its memory, and has room for <paramref name="length"/> slots.</summary>
    private void Own(int length)
    {
        if (_values is not null && !_shared && _values.Length >= length)
        {
            return;
        }

        long[] own = new long[Math.Max(length, _values?.Length ?? 4)];
        _values?.CopyTo(own, 0);
        Volatile.Write(ref _values, own);
        _shared = false;
    }
}
