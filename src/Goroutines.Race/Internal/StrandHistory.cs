using System.Diagnostics;

namespace Goroutines.Race;

/// <summary>Remembers for reports which strands have had a slot: the last few of each slot. What it knows does not depend on when garbage is collected.</summary>
/// <remarks>Strands that share a slot are not told apart: the epochs of all of them are mixed. While there are such strands, and for the epochs from
/// before the last of them ended, nobody is known. All of it is used under the lock of <see cref="StrandSlots"/>.</remarks>
internal static class StrandHistory
{
    /// <summary>So many strands of a slot are remembered.</summary>
    internal const int Depth = 8;

    private static readonly StrandIdentity[] s_owners = new StrandIdentity[StrandSlots.Count * Depth];

    /// <summary>The number of owners that each slot has had.</summary>
    private static readonly int[] s_begun = new int[StrandSlots.Count];

    /// <summary>The number of strands in each slot that do not own it.</summary>
    private static readonly int[] s_sharers = new int[StrandSlots.Count];

    /// <summary>The last epoch of each slot when it was last shared.</summary>
    private static readonly long[] s_sharedUntil = new long[StrandSlots.Count];

    /// <summary>Called when a strand begins that owns its slot.</summary>
    internal static void Began(int slot, in StrandIdentity owner)
    {
        s_begun[slot]++;
        Last(slot) = owner;
    }

    /// <summary>Called when the owner of a slot has taken its last step.</summary>
    internal static void Finished(int slot) => Last(slot) = Last(slot) with { HasFinished = true };

    /// <summary>Called before the first epoch of a strand that does not own its slot.</summary>
    internal static void BeginsToShare(int slot) => s_sharers[slot]++;

    /// <summary>Called after the last epoch of a strand that does not own its slot.</summary>
    internal static void EndsToShare(int slot)
    {
        s_sharers[slot]--;
        s_sharedUntil[slot] = StrandSlots.LastEpoch(slot);
        Debug.Assert(s_sharers[slot] >= 0, "A strand ended twice to share a slot.");
    }

    /// <summary>Returns the strand that had the slot in that epoch; null if it is not remembered, or is one of several.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="isOneOfSeveral">true if strands shared the slot then; otherwise, false.</param>
    internal static StrandIdentity? Find(int slot, long epoch, out bool isOneOfSeveral)
    {
        isOneOfSeveral = s_sharers[slot] > 0 || epoch <= s_sharedUntil[slot];
        StrandIdentity? found = null;
        if (!isOneOfSeveral)
        {
            foreach (ref readonly StrandIdentity owner in s_owners.AsSpan(slot * Depth, Depth))
            {
                if (owner.FirstEpoch != 0 && owner.FirstEpoch <= epoch && (found is not { } known || owner.FirstEpoch > known.FirstEpoch))
                {
                    found = owner;
                }
            }
        }

        return found;
    }

    private static ref StrandIdentity Last(int slot) => ref s_owners[(slot * Depth) + (int)((uint)s_begun[slot] % Depth)];
}
