namespace Goroutines.Runtime;

/// <summary>A goroutine in one word, by which a lock names its holder without keeping it alive: the runtime's number and the goroutine's id.</summary>
/// <remarks>The word is 0 for what is no goroutine. A lock keeps the word after it was unlocked, so it means something only while the lock is held.
/// The upper byte is that of the tracking's epoch, so that a word of an earlier stretch of tracking is not taken for one of this.</remarks>
internal static class HolderMark
{
    private const int IdBits = 40;
    private const int RuntimeBits = 16;
    private const long IdMask = (1L << IdBits) - 1;
    private const long RuntimeMask = (1L << RuntimeBits) - 1;

    internal static long Of(G? g) => g is null ? 0 : ((g.Scheduler.Number & RuntimeMask) << IdBits) | (g.Id & IdMask);

    /// <summary>The goroutine's id, if it is one of <paramref name="scheduler"/>; otherwise, 0.</summary>
    internal static long IdIn(Scheduler scheduler, long mark)
        => mark != 0 && ((mark >> IdBits) & RuntimeMask) == (scheduler.Number & RuntimeMask) ? mark & IdMask : 0;

    internal static long InEpoch(long mark, byte epoch) => mark == 0 ? 0 : mark | ((long)epoch << (IdBits + RuntimeBits));

    /// <summary>The mark without its epoch; 0 if it is of another epoch than <paramref name="epoch"/>.</summary>
    internal static long WithoutEpoch(long word, byte epoch)
        => (byte)(word >> (IdBits + RuntimeBits)) == epoch ? word & ((1L << (IdBits + RuntimeBits)) - 1) : 0;
}
