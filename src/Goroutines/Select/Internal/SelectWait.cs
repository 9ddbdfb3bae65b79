using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>The pending wait of a <see cref="Select"/>, claimed by the first partner, closer, timer or token to get it (runtime/runtime2.go: <c>selectDone</c>).</summary>
/// <remarks>
/// One word holds the number of the wait and who was chosen: <see cref="Closed"/> while nobody may claim (no wait, or it
/// is being set up), <see cref="Open"/> from the moment all cases are queued, then the index of the case that won, by
/// CAS. It is opened while all channels are locked, and partners claim under their channel's lock, so none can claim a
/// half-queued wait; every waiter leaves its queue, under that lock, before the next wait opens. A timer has no such lock
/// and may come late: it claims the wait of its own number only.
/// </remarks>
internal sealed class SelectWait(Select owner, int number = 0) : WaitSource, IValueTaskSource<int>
{
    private const int Closed = -2;
    private const int Open = -1;
    private const int ByToken = int.MaxValue;

    private long _word = Pack(number, Closed);

    /// <summary>The number of the current or last wait.</summary>
    internal int Number => (int)(Volatile.Read(ref _word) >> 32);

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

    internal override void Abandon()
    {
        if (TryClaim(ByToken))
        {
            Outcome = WaitOutcome.Cancelled;
        }

        owner.LeaveQueues();
    }

    /// <summary>An operation for the waits after this one, which goes on counting them: time-outs of earlier ones must not end them.</summary>
    internal SelectWait Successor() => new(owner, Number);

    /// <summary>Ends a wait of which nobody knows yet; <see langword="false"/>: a case was performed, and the wait is over.</summary>
    internal bool TryWithdraw()
    {
        if (!TryClaim(ByToken))
        {
            return false;
        }

        _word = Pack(Number, Closed);
        Withdraw();
        return true;
    }

    private protected override void TryCancel()
    {
        if (TryClaim(ByToken))
        {
            Outcome = WaitOutcome.Cancelled;
            Complete();
        }
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        BeginGetResult(token);
        int chosen = (int)_word;
        bool cancelled = Outcome != WaitOutcome.Success;
        Exception? exception = !cancelled ? null : Outcome == WaitOutcome.Cancelled ? CancelledException() : StoppedException();
        _word = Pack(Number, Closed);
        bool reusable = Recycle();
        owner.TakeDown(cancelled ? -1 : chosen, reusable);
        return exception is null ? chosen : throw exception;
    }

    private static long Pack(int number, int chosen) => ((long)number << 32) | (uint)chosen;
}
