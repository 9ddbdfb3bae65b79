using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>A vector clock: the last known epoch of each slot. Its values never decrease.</summary>
/// <remarks>
/// <para><b>Form.</b> An array, which clocks share until one of them has to change it, and a few pairs of a slot and an epoch that count
/// instead of lesser values in the array. Most clocks differ from the one they were made of in two or three slots, so most releases and
/// acquisitions allocate nothing, and a goroutine that waits costs no array.</para>
/// <para><b>Threads.</b> Writers hold the lock of the object to which the clock belongs. <see cref="this[int]"/> is also read without that
/// lock: it looks at the pairs before the array, and a writer that moves pairs into an array publishes the array before it clears the
/// pairs. So if others write the clock meanwhile, a stale value is from an earlier moment.</para>
/// </remarks>
internal struct VectorClock
{
    private const int PairCount = 4;

    private long[]? _values;
    private bool _shared;
    private int _count;
    private PairArray _pairs;

    internal readonly bool IsEmpty => _values is null && _count == 0;

    internal readonly long this[int slot]
    {
        get
        {
            long known = 0;
            for (int i = 0; i < PairCount; i++)
            {
                Pair pair = _pairs[i];
                if (pair.Slot == slot && pair.Epoch > known)
                {
                    known = pair.Epoch;
                }
            }

            long[]? values = Volatile.Read(in _values);
            return values is not null && (uint)slot < (uint)values.Length && values[slot] > known ? values[slot] : known;
        }
    }

    /// <summary>Sets a value, unless it is less than the one that is known.</summary>
    internal void Raise(int slot, long epoch)
    {
        if (this[slot] >= epoch)
        {
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            if (_pairs[i].Slot == slot)
            {
                _pairs[i].Epoch = epoch;
                return;
            }
        }

        if (!_shared && _values is { } own && slot < own.Length)
        {
            own[slot] = epoch;
        }
        else if (_count < PairCount)
        {
            _pairs[_count++] = new Pair { Slot = slot, Epoch = epoch };
        }
        else
        {
            Own(slot + 1)[slot] = epoch;
        }
    }

    /// <summary>Takes the greater value of the two clocks for each slot.</summary>
    internal void Merge(in VectorClock other)
    {
        if (other._values is { } theirs && !ReferenceEquals(theirs, _values))
        {
            if (_values is null)
            {
                // Takes their array, with this clock's pairs on top.
                _shared = true;
                Volatile.Write(ref _values, theirs);
            }
            else
            {
                MergeArray(theirs);
            }
        }

        for (int i = 0; i < other._count; i++)
        {
            Raise(other._pairs[i].Slot, other._pairs[i].Epoch);
        }
    }

    /// <summary>Returns a copy that shares the memory until either of the two changes.</summary>
    internal VectorClock Snapshot()
    {
        _shared = _values is not null;
        return this;
    }

    private void MergeArray(long[] theirs)
    {
        int first = 0;
        while (first < theirs.Length && (theirs[first] == 0 || theirs[first] <= this[first]))
        {
            first++;
        }

        if (first == theirs.Length)
        {
            return;
        }

        long[] mine = Own(theirs.Length);
        for (int i = first; i < theirs.Length; i++)
        {
            if (theirs[i] > mine[i])
            {
                mine[i] = theirs[i];
            }
        }
    }

    /// <summary>Moves everything into an array that is this clock's own, and has room for <paramref name="length"/> slots.</summary>
    private long[] Own(int length)
    {
        for (int i = 0; i < _count; i++)
        {
            length = Math.Max(length, _pairs[i].Slot + 1);
        }

        long[]? own = _values;
        if (own is null || _shared || own.Length < length)
        {
            own = new long[Math.Max(length, _values?.Length ?? 0)];
            _values?.CopyTo(own, 0);
        }

        for (int i = 0; i < _count; i++)
        {
            own[_pairs[i].Slot] = Math.Max(own[_pairs[i].Slot], _pairs[i].Epoch);
        }

        Volatile.Write(ref _values, own);
        _shared = false;
        _count = 0;
        _pairs = default;
        return own;
    }

    private struct Pair
    {
        internal int Slot;
        internal long Epoch;
    }

    [InlineArray(PairCount)]
    [SuppressMessage("Style", "IDE0044", Justification = "The elements are written through the array.")]
    private struct PairArray
    {
        private Pair _first;
    }
}
