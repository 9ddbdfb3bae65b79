namespace Goroutines.Runtime;

/// <summary>Identifies a goroutine in one word, by the runtime's number and the goroutine's id. A lock names its holder by it without keeping the
/// holder alive.</summary>
/// <remarks>The word is 0 for a holder that is not a goroutine. A lock keeps the word after it was unlocked, so the word is meaningful only while
/// the lock is held. The upper byte is the epoch of the tracking, so that a word from an earlier period of tracking is not taken for one of the
/// current period.</remarks>
internal static class HolderMark
{
    private const int IdBits = 40;
    private const int RuntimeBits = 16;
    private const long IdMask = (1L << IdBits) - 1;
    private const long RuntimeMask = (1L << RuntimeBits) - 1;

    internal static long Of(G? g) => g is null ? 0 : ((g.Scheduler.Number & RuntimeMask) << IdBits) | (g.Id & IdMask);

    /// <summary>Returns the goroutine's id if it is one of <paramref name="scheduler"/>; otherwise, 0.</summary>
    internal static long IdIn(Scheduler scheduler, long mark)
        => mark != 0 && ((mark >> IdBits) & RuntimeMask) == (scheduler.Number & RuntimeMask) ? mark & IdMask : 0;

    internal static long InEpoch(long mark, byte epoch) => mark == 0 ? 0 : mark | ((long)epoch << (IdBits + RuntimeBits));

    /// <summary>Returns the mark without its epoch, or 0 if it is of another epoch than <paramref name="epoch"/>.</summary>
    internal static long WithoutEpoch(long word, byte epoch)
        => (byte)(word >> (IdBits + RuntimeBits)) == epoch ? word & ((1L << (IdBits + RuntimeBits)) - 1) : 0;
}
