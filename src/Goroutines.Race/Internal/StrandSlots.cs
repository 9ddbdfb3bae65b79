using System.Numerics;

namespace Goroutines.Race;

/// <summary>The slots of vector clocks, and which strands have had them.</summary>
internal static class StrandSlots
{
    internal const int Count = 1024;

    private const int Remembered = 4;

    private static readonly Lock s_lock = new();
    private static readonly ulong[] s_taken = new ulong[Count / 64];
    private static readonly long[] s_epochs = new long[Count];
    private static readonly WeakReference<Strand>?[] s_strands = new WeakReference<Strand>?[Count * Remembered];
    private static int s_cursor;
    private static int s_shared;

    /// <summary>So many slots are used in turn. Clocks are as long as the slots are many, so there are more only if half of these are taken.</summary>
    private static int s_used = 64;
    private static int s_takenCount;

    /// <summary>Takes the next free slot in turn, so that a slot is reused as late as possible.</summary>
    /// <param name="own">true if the taker owns the slot and has to return it; false if it shares another strand's.</param>
    internal static int Take(out bool own)
    {
        lock (s_lock)
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
                    own = true;
                    return slot;
                }

                s_cursor = (word + 1) % (s_used / 64) * 64;
            }

            own = false;
            return 1 + (int)((uint)s_shared++ % (Count - 1));
        }
    }

    internal static void Return(int slot)
    {
        lock (s_lock)
        {
            s_taken[slot / 64] &= ~(1UL << (slot % 64));
            s_takenCount--;
        }
    }

    /// <summary>Called when a test begins, in its own world. Slots of strands that have ended can then be taken again at once, which keeps
    /// clocks short.</summary>
    internal static void StartOver()
    {
        lock (s_lock)
        {
            s_cursor = 0;
        }
    }

    internal static long NextEpoch(int slot) => Interlocked.Increment(ref s_epochs[slot]);

    internal static void Began(Strand strand)
    {
        lock (s_lock)
        {
            Span<WeakReference<Strand>?> known = s_strands.AsSpan(strand.Slot * Remembered, Remembered);
            known[..^1].CopyTo(known[1..]);
            known[0] = new WeakReference<Strand>(strand);
        }
    }

    /// <summary>Returns the strands of a runtime that are still known.</summary>
    internal static IReadOnlyList<Strand> Of(object runtime)
    {
        List<Strand> found = [];
        lock (s_lock)
        {
            foreach (WeakReference<Strand>? reference in s_strands)
            {
                if (reference is not null && reference.TryGetTarget(out Strand? strand) && ReferenceEquals(strand.Runtime, runtime))
                {
                    found.Add(strand);
                }
            }
        }

        return found;
    }

    /// <summary>Returns the strand that had the slot at that epoch; null if that is no longer known.</summary>
    internal static Strand? Find(int slot, long epoch)
    {
        lock (s_lock)
        {
            foreach (WeakReference<Strand>? reference in s_strands.AsSpan(slot * Remembered, Remembered))
            {
                if (reference is not null && reference.TryGetTarget(out Strand? strand) && strand.FirstEpoch <= epoch)
                {
                    return strand;
                }
            }

            return null;
        }
    }
}
