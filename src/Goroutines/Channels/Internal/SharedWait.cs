using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>A wait that several waiters share: claimed by the first partner, closer, timer or token to get it (runtime/runtime2.go: <c>selectDone</c>).</summary>
/// <remarks>
/// One word holds the number of the wait and which waiter was chosen: <see cref="Closed"/> while no thread may claim it (no wait, or it
/// is being set up), <see cref="Open"/> from the moment all waiters are queued, then the index of the waiter that won, set by
/// CAS. The wait is opened while all channels are locked, and partners claim under their channel's lock, so none can claim a
/// half-queued wait. Every waiter leaves its queue, under that lock, before the next wait opens. A timer has no such lock and
/// may come late: it claims only the wait of its own number.
/// </remarks>
internal abstract class SharedWait : WaitSource
{
    private const int Closed = -2;
    private const int Open = -1;

    private long _word;

    /// <param name="number">The number of the last wait.</param>
    private protected SharedWait(int number) => _word = Pack(number, Closed);

    /// <summary>The number of the current or last wait.</summary>
    internal int Number => (int)(Volatile.Read(ref _word) >> 32);

    /// <summary>The index of the waiter that won. For the thread that takes the result.</summary>
    private protected int Chosen => (int)_word;

    internal void OpenForClaims() => Volatile.Write(ref _word, Pack(Number + 1, Open));

    internal bool IsOpenFor(int number) => Volatile.Read(ref _word) == Pack(number, Open);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryClaim(int index)
    {
        long word = Volatile.Read(ref _word);
        return (int)word == Open && Interlocked.CompareExchange(ref _word, Pack((int)(word >> 32), index), word) == word;
    }

    internal bool TryClaim(int index, int number)
    {
        long open = Pack(number, Open);
        return Interlocked.CompareExchange(ref _word, Pack(number, index), open) == open;
    }

    /// <summary>The wait is over, and the next one is not open yet.</summary>
    private protected void Shut() => _word = Pack(Number, Closed);

    private static long Pack(int number, int chosen) => ((long)number << 32) | (uint)chosen;
}
