namespace Goroutines.Race;

/// <summary>The time for which a strand has a slot.</summary>
/// <remarks>A separate object, because clocks refer to the tenures of others: they must keep neither the strands alive, nor their clocks.</remarks>
internal sealed class StrandTenure(int slot)
{
    /// <summary>Written by the strand's <see cref="Strand.End"/> before the slot is given back. A reader who has a later epoch has it from a later holder, who took the slot after
    /// that.</summary>
    private long _last = long.MaxValue;

    internal int Slot => slot;

    internal bool HasEnded => Volatile.Read(ref _last) != long.MaxValue;

    /// <summary>Whether an epoch, not before the strand's first, is this strand's and not another's that has or had the slot.</summary>
    internal bool Includes(long epoch) => epoch <= Volatile.Read(ref _last) && !StrandSlots.IsShared(slot);

    internal void End(long last) => Volatile.Write(ref _last, last);
}
