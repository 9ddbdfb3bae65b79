using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Goroutines.Race;

/// <summary>Remembers the last accesses to each place in memory, and finds those that conflict with a new one.</summary>
/// <remarks>
/// <para><b>Keys.</b> A place is known by its address and a label: the number of collections so far. While the label stays the same, no
/// object moves and no memory is given to another object, so the same address and label mean the same variable. The label is read while the
/// place is pinned. An entry with another label does not count: a race whose accesses lie on both sides of a collection is missed, and none
/// is invented. The proof needs collections that are counted before they free memory. Only background collections are not, and the
/// detector's build switches those off (docs/decisions/0011).</para>
/// <para><b>Cells.</b> The table is direct-mapped. A cell belongs to the place that was accessed last of those that share it, and has room
/// for eight records, because a granule may hold as many variables. What does not fit is forgotten. To lose as little as possible, a new
/// record replaces one that it covers or races with or, in a full cell, one that happens before it.</para>
/// <para><b>Protocol.</b> The <c>Lock</c> of a cell is odd while a thread writes the cell: it is taken by CAS and freed by a store with
/// release. A reader that only looks for a record of its own (<see cref="IsRecorded"/>) takes no lock: it compares the version before and
/// after, and a version that has changed means "not recorded". No other strand stores a record with the reader's slot and epoch. A thread that was delayed after it read its label finds a later collection in the cell's, and leaves the cell alone:
/// the collection in a cell never decreases.</para>
/// <para><b>Worlds.</b> The other half of a label is the world of the strand (<see cref="Strand.World"/>). Each test that runs in its own
/// runtime is a world, so that a schedule does not race with the one before it.</para>
/// </remarks>
internal static unsafe class ShadowMemory
{
    internal const int Granule = 8;
    private const int Bits = 18;
    private const int Records = 8;

    private static readonly Cell* s_cells = (Cell*)NativeMemory.AllocZeroed(1 << Bits, (nuint)sizeof(Cell));

    /// <summary>The number of collections so far. Read it while the place is pinned.</summary>
    internal static uint Collections => (uint)GC.CollectionCount(0);

    /// <summary>Records an access to bytes within one granule. The caller has pinned the place.</summary>
    /// <param name="strand">The strand that accesses.</param>
    /// <param name="address">The place.</param>
    /// <param name="size">The number of bytes. They do not extend beyond the granule.</param>
    /// <param name="kind">What the access does.</param>
    /// <param name="site">The place in the program.</param>
    /// <param name="conflict">The earlier access that this one races with.</param>
    /// <returns>true if there is one; otherwise, false.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool Access(Strand strand, nuint address, int size, AccessKind kind, int site, out Record conflict)
    {
        long label = ((long)strand.World << 32) | Collections;
        nuint granule = address / Granule;
        byte mask = (byte)(((1 << size) - 1) << (int)(address % Granule));
        Cell* cell = s_cells + (int)(((ulong)granule * 0x9E3779B97F4A7C15UL) >> (64 - Bits));
        long epoch = Volatile.Read(ref strand.Epoch);
        if (IsRecorded(cell, granule, label, epoch, strand.Slot, mask, kind))
        {
            conflict = default;
            return false;
        }

        Enter(cell);
        if (cell->Granule != granule || cell->Label != label)
        {
            if ((uint)cell->Label > (uint)label)
            {
                cell->Exit();
                conflict = default;
                return false;
            }

            cell->Granule = granule;
            cell->Label = label;
            cell->Count = 0;
        }

        Record added = new() { Epoch = epoch, Slot = (ushort)strand.Slot, Mask = mask, Kind = kind, Site = site };
        bool found = Update(cell, strand, added, out conflict);
        cell->Exit();
        return found;
    }

    /// <summary>Whether the strand has recorded such an access since its last release. Then there is nothing to compare: what conflicts with
    /// this access conflicts with the recorded one, and one of the two strands has reported that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsRecorded(Cell* cell, nuint granule, long label, long epoch, int slot, byte mask, AccessKind kind)
    {
        int version = Volatile.Read(ref cell->Lock);
        if ((version & 1) != 0 || cell->Granule != granule || cell->Label != label)
        {
            return false;
        }

        Record* records = cell->First;
        int count = cell->Count;
        for (int i = 0; i < count; i++)
        {
            Record* known = records + i;
            if (known->Epoch == epoch && known->Slot == slot && (mask & ~known->Mask) == 0 && known->Kind.Covers(kind))
            {
                Volatile.ReadBarrier(); // the loads above come before the second load of the version
                return cell->Lock == version;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Update(Cell* cell, Strand strand, in Record added, out Record conflict)
    {
        Record* records = cell->First;
        bool found = false;
        conflict = default;
        int covered = -1;
        int older = -1;
        int count = cell->Count;
        for (int i = 0; i < count; i++)
        {
            Record* old = records + i;
            bool ordered = old->Slot == added.Slot || strand.IsAfter(old->Slot, old->Epoch);
            if (!ordered && (old->Mask & added.Mask) != 0 && old->Kind.ConflictsWith(added.Kind))
            {
                found = true;
                conflict = *old;
                covered = i;
            }
            else if (ordered && (old->Mask & ~added.Mask) == 0 && added.Kind.Covers(old->Kind))
            {
                if (covered >= 0)
                {
                    *old = records[--count]; // everything that races with it also races with the new one
                    i--;
                }
                else
                {
                    covered = i;
                }
            }
            else if (ordered)
            {
                older = i;
            }
        }

        int at = covered >= 0 ? covered : count < Records ? count++ : older >= 0 ? older : Any(strand, added);
        records[at] = added;
        cell->Count = count;
        return found;
    }

    /// <summary>Returns the record that is given up. It depends on the schedule alone, not on what the process has done before, so that a repetition finds the same.</summary>
    private static int Any(Strand strand, in Record added) => (int)((ulong)(strand.Identity.Number + added.Epoch - strand.FirstEpoch) % Records);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Enter(Cell* cell)
    {
        int version = cell->Lock;
        if ((version & 1) == 0 && Interlocked.CompareExchange(ref cell->Lock, version + 1, version) == version)
        {
            return;
        }

        SpinWait spinner = default;
        do
        {
            spinner.SpinOnce();
            version = cell->Lock;
        }
        while ((version & 1) != 0 || Interlocked.CompareExchange(ref cell->Lock, version + 1, version) != version);
    }

    /// <summary>One access.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Record
    {
        /// <summary>The epoch of the access; 0 if there is no record.</summary>
        internal long Epoch;
        internal int Site;
        internal ushort Slot;

        /// <summary>The bytes of the granule that were accessed, one bit for each.</summary>
        internal byte Mask;
        internal AccessKind Kind;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Cell
    {
        internal nuint Granule;
        internal long Label;

        /// <summary>Odd while a thread changes the cell.</summary>
        internal int Lock;
        internal int Count;
        private RecordArray _records;

        [UnscopedRef]
        internal Record* First => (Record*)Unsafe.AsPointer(ref _records);

        internal void Exit() => Volatile.Write(ref Lock, Lock + 1);
    }

    [InlineArray(Records)]
    private struct RecordArray
    {
        private Record _first;
    }
}
