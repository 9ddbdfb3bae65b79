using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>The slots of vector clocks.</summary>
internal static class StrandSlots
{
    internal const int Bits = 10;
    internal const int Count = 1 << Bits;

    private const int EpochStride = 8;

    /// <summary>The last epoch of each slot, in a cache line of its own.</summary>
    private static readonly long[] s_epochs = new long[Count * EpochStride];

    /// <summary>The slots that more than one strand has at a time, or has had. Set before the second one's first epoch.</summary>
    private static readonly bool[] s_sharedSlots = new bool[Count];

    /// <summary>Weak handles of the strands that own slots. They are made once, and never freed.</summary>
    private static readonly GCHandle[] s_owners = new GCHandle[Count];

    /// <summary>The free slots in the order in which they were returned: a slot is used again only after all that were free before it.</summary>
    private static readonly Queue<int> s_free = new(Enumerable.Range(0, Count / 2));
    private static SpinMutex s_lock;
    private static int s_shared;

    /// <summary>So many slots are used. There are more only if half of these are taken, which keeps clocks short.</summary>
    private static int s_used = Count / 2;

    /// <summary>Takes the slot that has been free for the longest time.</summary>
    /// <param name="own">true if the taker owns the slot and has to return it; false if it shares another strand's.</param>
    internal static int Take(out bool own)
    {
        s_lock.Enter();
        if (s_free.Count <= s_used / 2 && s_used < Count)
        {
            for (int end = 2 * s_used; s_used < end; s_used++)
            {
                s_free.Enqueue(s_used);
            }
        }

        own = s_free.TryDequeue(out int slot);
        if (!own)
        {
            slot = 1 + (int)((uint)s_shared++ % (Count - 1));
            Volatile.Write(ref s_sharedSlots[slot], true);
            StrandHistory.BeginsToShare(slot);
        }

        s_lock.Exit();
        return slot;
    }

    /// <summary>Called when the owner of a slot has begun.</summary>
    internal static void Began(Strand owner)
    {
        s_lock.Enter();
        ref GCHandle handle = ref s_owners[owner.Slot];
        if (handle.IsAllocated)
        {
            handle.Target = owner;
        }
        else
        {
            handle = GCHandle.Alloc(owner, GCHandleType.Weak);
        }

        StrandHistory.Began(owner.Slot, owner.Identity);
        s_lock.Exit();
    }

    /// <summary>Called when the owner of a slot has taken its last step.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="hasFinished">true if reports are to say that it has finished; otherwise, false.</param>
    internal static void Return(int slot, bool hasFinished)
    {
        s_lock.Enter();
        if (hasFinished)
        {
            StrandHistory.Finished(slot);
        }

        s_free.Enqueue(slot);
        s_lock.Exit();
    }

    /// <summary>Called when a strand that shares a slot has taken its last step.</summary>
    internal static void EndSharing(int slot)
    {
        s_lock.Enter();
        StrandHistory.EndsToShare(slot);
        s_lock.Exit();
    }

    /// <inheritdoc cref="StrandHistory.Find"/>
    internal static StrandIdentity? Find(int slot, long epoch, out bool isOneOfSeveral)
    {
        s_lock.Enter();
        StrandIdentity? found = StrandHistory.Find(slot, epoch, out isOneOfSeveral);
        s_lock.Exit();
        return found;
    }

    internal static long NextEpoch(int slot) => Interlocked.Increment(ref s_epochs[slot * EpochStride]);

    internal static long LastEpoch(int slot) => Volatile.Read(ref s_epochs[slot * EpochStride]);

    internal static bool IsShared(int slot) => Volatile.Read(ref s_sharedSlots[slot]);

    /// <summary>Returns the strands of a test that own slots, as far as they exist: those that are gone return their slots themselves.</summary>
    internal static List<Strand> OwnersIn(TestWorld test)
    {
        List<Strand> found = [];
        s_lock.Enter();
        foreach (GCHandle handle in s_owners)
        {
            if (handle is { IsAllocated: true, Target: Strand strand } && ReferenceEquals(strand.Test, test))
            {
                found.Add(strand);
            }
        }

        s_lock.Exit();
        return found;
    }
}
