using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>The clocks of one object: one for each of its parts (<see cref="RacePart"/>), and one for each slot of a channel's buffer.</summary>
/// <remarks>Its lock is held while the lock of a strand is taken, never the reverse.</remarks>
internal sealed class SyncObject
{
    private SpinMutex _lock;

    /// <summary>The clocks of parts that exist. Most objects have one or two.</summary>
    private Part[] _parts = [];
    private int _count;

    /// <summary>The clocks of a buffer's slots, as far as they have been used.</summary>
    private VectorClock[] _slots = [];
    private bool _counts;
    private long _sends;
    private long _receives;

    /// <summary>Replaces the part's clock by the strand's. For a part that one holder at a time releases.</summary>
    internal void Release(Strand strand, RacePart part = RacePart.Whole)
    {
        _lock.Enter();
        strand.Release(out At(part));
        _lock.Exit();
    }

    /// <summary>Adds the strand's clock to the part's.</summary>
    internal void ReleaseMerge(Strand strand, RacePart part = RacePart.Whole)
    {
        _lock.Enter();
        ref VectorClock clock = ref At(part);
        if (clock.IsEmpty)
        {
            strand.Release(out clock);
        }
        else
        {
            strand.Release(out VectorClock released);
            clock.Merge(released);
        }

        _lock.Exit();
    }

    internal void Acquire(Strand strand, RacePart part = RacePart.Whole)
    {
        _lock.Enter();
        AcquireLocked(strand, part);
        _lock.Exit();
    }

    /// <summary>Acquires two parts.</summary>
    internal void Acquire(Strand strand, RacePart first, RacePart second)
    {
        _lock.Enter();
        AcquireLocked(strand, first);
        AcquireLocked(strand, second);
        _lock.Exit();
    }

    /// <summary>Called when the strand begins to wait with this: clears what an earlier use has left.</summary>
    internal void BeginWait(Strand strand)
    {
        _lock.Enter();
        ref VectorClock passed = ref Find(RacePart.Whole);
        if (!Unsafe.IsNullRef(ref passed))
        {
            passed = default;
        }

        strand.Release(out At(RacePart.Wait));
        _lock.Exit();
    }

    /// <summary>Replaces the part's clock by that of a part of another object. Clears it if there is no such clock.</summary>
    internal void Copy(SyncObject? other, RacePart from, RacePart part)
    {
        VectorClock known = other?.Snapshot(from) ?? default;
        _lock.Enter();
        At(part) = known;
        _lock.Exit();
    }

    /// <summary>The strand sends into a buffer: it acquires what the slot of the value had, and the slot gets what the strand had before. Called under the channel's
    /// lock, as all that counts slots.</summary>
    /// <param name="strand">The sender.</param>
    /// <param name="capacity">The number of slots.</param>
    /// <param name="buffered">How many values were in the buffer before.</param>
    /// <param name="receiver">The receiver that has waited for the value, and gets it at once; null if there was none.</param>
    internal void Send(Strand strand, int capacity, int buffered, SyncObject? receiver)
    {
        VectorClock waited = receiver?.Snapshot(RacePart.Wait) ?? default;
        _lock.Enter();
        ref VectorClock slot = ref NextSend(capacity, buffered);
        Exchange(strand, ref slot);
        if (receiver is not null)
        {
            // As Go does: as if the value had gone through the buffer.
            _receives++;
            slot = waited;
        }

        _lock.Exit();
    }

    /// <summary>The strand receives from a buffer.</summary>
    /// <inheritdoc cref="Send"/>
    internal void Receive(Strand strand, int capacity, int buffered)
    {
        _lock.Enter();
        Count(buffered);
        Exchange(strand, ref Slot((int)(_receives++ % capacity)));
        _lock.Exit();
    }

    /// <summary>The value of a sender that has waited goes into the buffer.</summary>
    internal void SendFor(SyncObject? sender, int capacity)
    {
        VectorClock waited = sender?.Snapshot(RacePart.Wait) ?? default;
        _lock.Enter();
        NextSend(capacity, capacity) = waited;
        _lock.Exit();
    }

    private static void Exchange(Strand strand, ref VectorClock slot)
    {
        VectorClock known = slot;
        strand.Release(out slot);
        strand.Acquire(known);
    }

    private ref VectorClock NextSend(int capacity, int buffered)
    {
        Count(buffered);
        return ref Slot((int)(_sends++ % capacity));
    }

    private void Count(int buffered)
    {
        if (!_counts)
        {
            _counts = true;
            _sends = buffered;
        }
    }

    private ref VectorClock Slot(int slot)
    {
        if (slot >= _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(2 * _slots.Length, slot + 1));
        }

        return ref _slots[slot];
    }

    private VectorClock Snapshot(RacePart part)
    {
        _lock.Enter();
        ref VectorClock known = ref Find(part);
        VectorClock copy = Unsafe.IsNullRef(ref known) ? default : known.Snapshot();
        _lock.Exit();
        return copy;
    }

    private void AcquireLocked(Strand strand, RacePart part)
    {
        ref VectorClock known = ref Find(part);
        if (!Unsafe.IsNullRef(ref known))
        {
            known.Share();
            strand.Acquire(known);
        }
    }

    /// <summary>Returns the clock of a part; a null reference if there is none.</summary>
    private ref VectorClock Find(RacePart part)
    {
        Debug.Assert(_lock.IsHeld, "The clocks of an object were used without its lock.");
        Part[] parts = _parts;
        for (int i = 0; i < _count && i < parts.Length; i++)
        {
            if (parts[i].Number == part)
            {
                return ref parts[i].Clock;
            }
        }

        return ref Unsafe.NullRef<VectorClock>();
    }

    private ref VectorClock At(RacePart part)
    {
        ref VectorClock known = ref Find(part);
        if (!Unsafe.IsNullRef(ref known))
        {
            return ref known;
        }

        if (_count == _parts.Length)
        {
            Array.Resize(ref _parts, _count == 0 ? 1 : 2 * _count);
        }

        _parts[_count].Number = part;
        return ref _parts[_count++].Clock;
    }

    private struct Part
    {
        internal RacePart Number;
        internal VectorClock Clock;
    }
}
