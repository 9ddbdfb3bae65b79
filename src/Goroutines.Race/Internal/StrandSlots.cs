using System.Numerics;
using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>The slots of vector clocks, and which strands have had them.</summary>
internal static class StrandSlots
{
    internal const int Bits = 10;
    internal const int Count = 1 << Bits;

    private const int Remembered = 4;
    private const int EpochStride = 8;

    private static readonly ulong[] s_taken = new ulong[Count / 64];

    /// <summary>The last epoch of each slot, in a cache line of its own.</summary>
    private static readonly long[] s_epochs = new long[Count * EpochStride];

    /// <summary>The slots that more than one strand has at a time, or has had. Set before the second one's first epoch.</summary>
    private static readonly bool[] s_sharedSlots = new bool[Count];

    /// <summary>Weak handles of the last strands of each slot, the latest first. They are made once, and never freed.</summary>
    private static readonly GCHandle[] s_strands = new GCHandle[Count * Remembered];
    private static SpinMutex s_lock;
    private static int s_cursor;
    private static int s_shared;

    /// <summary>So many slots are used in turn. There are more only if half of these are taken, which keeps clocks short.</summary>
    private static int s_used = 512;
    private static int s_takenCount;

    /// <summary>Takes the next free slot in turn, so that a slot is reused as late as possible.</summary>
    /// <param name="own">true if the taker owns the slot and has to return it; false if it shares another strand's.</param>
    internal static int Take(out bool own)
    {
        s_lock.Enter();
        int slot = TakeLocked();
        own = slot >= 0;
        if (!own)
        {
            slot = 1 + (int)((uint)s_shared++ % (Count - 1));
            Volatile.Write(ref s_sharedSlots[slot], true);
        }

        s_lock.Exit();
        return slot;
    }

    internal static void Return(int slot)
    {
        s_lock.Enter();
        s_taken[slot / 64] &= ~(1UL << (slot % 64));
        s_takenCount--;
        s_lock.Exit();
    }

    internal static long NextEpoch(int slot) => Interlocked.Increment(ref s_epochs[slot * EpochStride]);

    internal static bool IsShared(int slot) => Volatile.Read(ref s_sharedSlots[slot]);

    internal static void Began(Strand strand)
    {
        s_lock.Enter();
        Span<GCHandle> known = s_strands.AsSpan(strand.Slot * Remembered, Remembered);
        GCHandle oldest = known[^1];
        known[..^1].CopyTo(known[1..]);
        if (oldest.IsAllocated)
        {
            oldest.Target = strand;
        }
        else
        {
            oldest = GCHandle.Alloc(strand, GCHandleType.Weak);
        }

        known[0] = oldest;
        s_lock.Exit();
    }

    /// <summary>Returns the strands of a runtime that are still known.</summary>
    internal static IReadOnlyList<Strand> Of(object runtime)
    {
        List<Strand> found = [];
        s_lock.Enter();
        foreach (GCHandle handle in s_strands)
        {
            if (handle is { IsAllocated: true, Target: Strand strand } && ReferenceEquals(strand.Runtime, runtime))
            {
                found.Add(strand);
            }
        }

        s_lock.Exit();
        return found;
    }

    /// <summary>Returns the strand that had the slot at that epoch; null if that is no longer known.</summary>
    internal static Strand? Find(int slot, long epoch)
    {
        Strand? found = null;
        s_lock.Enter();
        foreach (GCHandle handle in s_strands.AsSpan(slot * Remembered, Remembered))
        {
            if (handle is { IsAllocated: true, Target: Strand strand } && strand.FirstEpoch <= epoch)
            {
                found = strand;
                break;
            }
        }

        s_lock.Exit();
        return found;
    }

    private static int TakeLocked()
    {
        if (s_takenCount >= s_used / 2 && s_used < Count)
        {
            s_used *= 2;
        }

        for (int i = 0; i <= s_used / 64; i++)
        {
            int word = s_cursor / 64;
            ulong free = ~s_taken[word] & (ulong.MaxValue << (s_cursor % 64));
            if (free != 0)
            {
                int slot = (word * 64) + BitOperations.TrailingZeroCount(free);
                s_taken[word] |= 1UL << (slot % 64);
                s_cursor = (slot + 1) % s_used;
                s_takenCount++;
                return slot;
            }

            s_cursor = (word + 1) % (s_used / 64) * 64;
        }

        return -1;
    }
}
