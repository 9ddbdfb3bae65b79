using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>A vector clock: the last known epoch of each slot. Its values never decrease.</summary>
/// <remarks>
/// <para><b>Form.</b> A <see cref="ClockBase"/>, which clocks share until one of them has to change it, and a few pairs of a slot and an epoch that count
/// instead of lesser values in the base. Most clocks differ from the one they were made of in two or three slots, so most releases and
/// acquisitions allocate nothing, and a goroutine that waits costs no base.</para>
/// <para><b>Merging.</b> Most clocks that a strand acquires come from one that it knows: what it has itself released, and got back with an epoch
/// more. The base's <see cref="ClockBase.Stamp"/> tells, and the base is taken or passed over as a whole. Otherwise the
/// chunks are compared, without those that both have.</para>
/// <para><b>Threads.</b> Writers hold the lock of the object to which the clock belongs. <see cref="this[int]"/> is also read without that
/// lock: it looks at the pairs before the base, and a writer that moves pairs into a base publishes the base before it clears the
/// pairs. A pair is one word. So if others write the clock meanwhile, a stale value is from an earlier moment.</para>
/// </remarks>
internal struct VectorClock
{
    private const int PairCount = 6;

    private ClockBase? _base;
    private bool _shared;
    private int _count;
    private PairArray _pairs;

    internal readonly bool IsEmpty => _base is null && _count == 0;

    internal readonly long this[int slot]
    {
        get
        {
            long known = 0;
            ref long first = ref Unsafe.As<PairArray, long>(ref Unsafe.AsRef(in _pairs));
            for (int i = 0; i < PairCount; i++)
            {
                long pair = Unsafe.Add(ref first, i);
                if (SlotOf(pair) == slot && EpochOf(pair) > known)
                {
                    known = EpochOf(pair);
                }
            }

            return Volatile.Read(in _base) is { } epochs ? Math.Max(epochs[slot], known) : known;
        }
    }

    /// <summary>Sets a value, unless it is less than the one that is known.</summary>
    internal void Raise(int slot, long epoch)
    {
        Raise(slot, epoch, 0);
    }

    /// <param name="slot">The slot.</param>
    /// <param name="epoch">The value.</param>
    /// <param name="hint">The index at which the pair of the slot probably is: clocks of strands that meet often have their pairs in the same order.</param>
    private void Raise(int slot, long epoch, int hint)
    {
        long pair = (epoch << StrandSlots.Bits) | (uint)slot;
        ref long first = ref Unsafe.As<PairArray, long>(ref _pairs);
        int count = _count;
        if (hint < count && SlotOf(Unsafe.Add(ref first, hint)) == slot)
        {
            Unsafe.Add(ref first, hint) = Math.Max(Unsafe.Add(ref first, hint), pair);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            if (SlotOf(Unsafe.Add(ref first, i)) == slot)
            {
                Unsafe.Add(ref first, i) = Math.Max(Unsafe.Add(ref first, i), pair);
                return;
            }
        }

        if (_base is { } epochs)
        {
            if (epochs[slot] >= epoch)
            {
                return;
            }

            if (!_shared && epochs.HasRoomFor(slot))
            {
                epochs.Raise(slot, epoch);
                return;
            }
        }

        if (_count == PairCount)
        {
            Own(slot + 1).Raise(slot, epoch);
        }
        else
        {
            _pairs[_count++] = pair;
        }
    }

    /// <summary>Takes the greater value of the two clocks for each slot.</summary>
    /// <param name="other">The other clock.</param>
    /// <param name="self">The tenure of the strand to which this clock belongs; null if it is not a strand's.</param>
    internal void Merge(in VectorClock other, StrandTenure? self = null)
    {
        if (other._base is { } theirs && !ReferenceEquals(theirs, _base))
        {
            MergeBase(theirs, other, self);
        }

        ref long first = ref Unsafe.As<PairArray, long>(ref Unsafe.AsRef(in other._pairs));
        int count = other._count;
        for (int i = 0; i < count; i++)
        {
            long pair = Unsafe.Add(ref first, i);
            Raise(SlotOf(pair), EpochOf(pair), i);
        }
    }

    /// <summary>Called before other clocks merge this one: from now on its base may be theirs, too.</summary>
    internal void Share() => _shared = _base is not null;

    /// <summary>Returns a copy that shares the memory until either of the two changes.</summary>
    internal VectorClock Snapshot()
    {
        Share();
        return this;
    }

    /// <summary>Called before other clocks merge this one, the clock of a strand that releases in an epoch.</summary>
    internal void Share(StrandTenure tenure, long epoch)
    {
        if (_base is { } epochs)
        {
            _shared = true;
            epochs.Stamp ??= new ClockStamp(tenure, epoch);
        }
    }

    private static int SlotOf(long pair) => (int)pair & (StrandSlots.Count - 1);

    private static long EpochOf(long pair) => pair >> StrandSlots.Bits;

    private void MergeBase(ClockBase theirs, in VectorClock other, StrandTenure? self)
    {
        ClockStamp? stamp = theirs.Stamp;
        if (stamp is not null && (ReferenceEquals(stamp.Tenure, self) || stamp.IsKnownAt(this[stamp.Tenure.Slot])))
        {
            return;
        }

        if (_base is not { } mine || (mine.Stamp is { } known && known.IsKnownAt(other[known.Tenure.Slot])) || !mine.Exceeds(theirs))
        {
            // Takes their base, with this clock's pairs on top. If what their clock has that this base has is in their pairs, those follow.
            _shared = true;
            Volatile.Write(ref _base, theirs);
        }
        else if (theirs.Exceeds(mine))
        {
            Own(theirs.Slots).Merge(theirs);
        }
    }

    /// <summary>Moves everything into a base that is this clock's own, and has room for <paramref name="slots"/>.</summary>
    private ClockBase Own(int slots)
    {
        for (int i = 0; i < _count; i++)
        {
            slots = Math.Max(slots, SlotOf(_pairs[i]) + 1);
        }

        ClockBase? own = _base;
        if (own is null)
        {
            own = new ClockBase(slots);
        }
        else if (_shared || !own.HasRoomFor(slots - 1))
        {
            own = own.Copy(slots);
        }

        for (int i = 0; i < _count; i++)
        {
            own.Raise(SlotOf(_pairs[i]), EpochOf(_pairs[i]));
        }

        Volatile.Write(ref _base, own);
        _shared = false;
        _count = 0;
        _pairs = default;
        return own;
    }

    [InlineArray(PairCount)]
    [SuppressMessage("Style", "IDE0044", Justification = "The elements are written through the array.")]
    private struct PairArray
    {
        private long _first;
    }
}
