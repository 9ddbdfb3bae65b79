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
/// for four records. What does not fit is forgotten. To lose as little as possible, a new record replaces one that it covers or races with
/// or, in a full cell, one that happens before it.</para>
/// <para><b>Protocol.</b> The <c>Lock</c> of a cell is taken by CAS and freed by a store with release; all other fields are read and
/// written under it. A thread that was delayed after it read its label finds a later collection in the cell's, and leaves the cell alone:
/// the collection in a cell never decreases.</para>
/// <para><b>Worlds.</b> The other half of a label is the world of the strand (<see cref="Strand.World"/>). Each test that runs in its own
/// runtime is a world, so that a schedule does not race with the one before it.</para>
/// </remarks>
internal static unsafe class ShadowMemory
{
    internal const int Granule = 8;
    private const int Bits = 18;
    private const int Records = 4;

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
        Enter(cell);
        if (cell->Granule != granule || cell->Label != label)
        {
            if ((uint)cell->Label > (uint)label)
            {
                cell->Exit();
                conflict = default;
                return false;
            }

            *cell = new Cell { Granule = granule, Label = label, Lock = 1 };
        }

        Record added = new() { Epoch = Volatile.Read(ref strand.Epoch), Slot = (ushort)strand.Slot, Mask = mask, Kind = kind, Site = site };
        bool found = Update(cell, strand, added, out conflict);
        cell->Exit();
        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Update(Cell* cell, Strand strand, in Record added, out Record conflict)
    {
        Span<Record> records = cell->All;
        bool found = false;
        conflict = default;
        int covered = -1;
        int empty = -1;
        int older = -1;
        for (int i = 0; i < Records; i++)
        {
            ref Record old = ref records[i];
            if (old.Epoch == 0)
            {
                empty = i;
                continue;
            }

            bool ordered = old.Slot == added.Slot || strand.IsAfter(old.Slot, old.Epoch);
            if (!ordered && (old.Mask & added.Mask) != 0 && old.Kind.ConflictsWith(added.Kind))
            {
                found = true;
                conflict = old;
                covered = i;
            }
            else if (ordered && (old.Mask & ~added.Mask) == 0 && added.Kind.Covers(old.Kind))
            {
                if (covered >= 0)
                {
                    old = default; // everything that races with it also races with the new one
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

        int at = covered >= 0 ? covered : empty >= 0 ? empty : older >= 0 ? older : (int)((ulong)added.Epoch % Records);
        records[at] = added;
        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Enter(Cell* cell)
    {
        if (Interlocked.CompareExchange(ref cell->Lock, 1, 0) != 0)
        {
            SpinWait spinner = default;
            do
            {
                spinner.SpinOnce();
            }
            while (Interlocked.CompareExchange(ref cell->Lock, 1, 0) != 0);
        }
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
        internal int Lock;
        private RecordArray _records;

        [UnscopedRef]
        internal Span<Record> All => _records;

        internal void Exit() => Volatile.Write(ref Lock, 0);
    }

    [InlineArray(Records)]
    private struct RecordArray
    {
        private Record _first;
    }
}
