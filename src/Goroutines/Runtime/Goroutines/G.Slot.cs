using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>The continuation slot, and how it handles continuations that may run anywhere.</summary>
/// <remarks>
/// <para>The slot takes what the goroutine itself awaits, in a turn of its own, while it is the current context. If there are two
/// awaits at once, the second goes through the inbox.</para>
/// <para><b>Continuations that may run anywhere</b> (<c>ConfigureAwait(false)</c>, <c>AsTask</c>: most awaits of the framework's own
/// code) run most cheaply in the goroutine's next turn, so they take the slot, too, as <em>free</em> ones. This must not be
/// observable, however: a body that does not await such an operation, but polls for its end in a loop, must still see it end. So a
/// free continuation can be moved out of the slot, to where the thread pool runs it if the goroutine is busy. The goroutine's own
/// thread moves it when the slot is wanted for an ordinary await or the body enters a blocking region; sysmon moves it when a turn
/// lasts long. Between these two threads <c>_slotKind</c> is a lock:
/// <code>
/// Own   ordinary continuation or none; the thread that has the turn reads and writes the slot
/// Free  a free continuation; the thread that makes it Locked by CAS may take it out
/// Locked  a thread reads the slot, for a few instructions
/// </code>
/// The slot is filled before <c>_slotKind</c> = Free (release), and emptied before it is Own again (release).</para>
/// <para><b>Chains of such methods.</b> The framework continues a caller that has used <c>ConfigureAwait(false)</c> at once only where no
/// context is current; elsewhere it sends it to the thread pool. So a continuation with such a caller is put aside (<see cref="M.PutAside"/>)
/// and runs after the turn, on the same worker, without a goroutine and a context: what remains of the chain then runs there, up to the caller
/// that captured the goroutine, which is posted to it as usual. The goroutine rests meanwhile (or is queued, if it has more to do), so code that
/// blocks there blocks nothing of the goroutine, as on the pool.</para>
/// </remarks>
internal abstract partial class G
{
    private const byte SlotOwn = 0;
    private const byte SlotFree = 1;
    private const byte SlotLocked = 2;

    /// <summary>Whether the goroutine is the calling thread's current context. It is in its own turns until its body sets another.</summary>
    internal bool IsCurrent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ReferenceEquals(Current, this);
    }

    /// <summary>Whether a continuation with <paramref name="flags"/> may go into the slot. It may if it is registered in this
    /// goroutine's turn, on worker <paramref name="m"/>, with the goroutine as the current context, and needs no execution context
    /// restored.</summary>
    internal bool CanTake(M m, ValueTaskSourceOnCompletedFlags flags)
        => m.HasP && !IsStackful && (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) == 0
            && (IsCurrent || m.AdoptsRoot);

    /// <summary>Saves the place to continue from once <paramref name="source"/> is complete. Own thread only.</summary>
    /// <returns><see langword="false"/> if another operation already has the slot.</returns>
    internal bool TryPark(WaitSource? source, Action<object?> continuation, object? state)
    {
        if (_continuation is not null)
        {
            if (_slotKind == SlotOwn)
            {
                return false;
            }

            FreeSlot();
        }

        _parkedOn = source;
        _continuation = continuation;
        _continuationState = state;
        return true;
    }

    /// <summary>Like <see cref="TryPark"/>, for a continuation that may run anywhere.</summary>
    internal bool TryParkFree(WaitSource? source, Action<object?> continuation, object? state)
    {
        if (_continuation is not null && _slotKind == SlotOwn)
        {
            return false; // an ordinary continuation has precedence; of two free ones, the first
        }

        if (_slotKind != SlotOwn)
        {
            FreeSlot();
        }

        _parkedOn = source;
        _continuation = continuation;
        _continuationState = state;
        Volatile.Write(ref _slotKind, SlotFree);
        return true;
    }

    /// <summary>Moves a free continuation, if there is one, to where it does not need the goroutine. Own thread only.</summary>
    private void FreeSlot()
    {
        if (LockSlot())
        {
            MoveOutOfSlot();
        }
    }

    /// <summary>Called by sysmon in a turn that lasts long: the body may be waiting for the continuation in a way that can't be seen.</summary>
    internal void FreeSlotOfLongTurn()
    {
        if (Volatile.Read(ref _slotKind) == SlotFree && Interlocked.CompareExchange(ref _slotKind, SlotLocked, SlotFree) == SlotFree)
        {
            MoveOutOfSlot();
        }

        MoveAnywhereOutOfInbox();
    }

    private void MoveOutOfSlot()
    {
        TakeSlot(out WaitSource? source, out Action<object?> continuation, out object? state);
        Volatile.Write(ref _slotKind, SlotOwn);
        ForeignContinuation moved = ForeignContinuation.Anywhere(continuation, state, this, source?.FullVersion ?? 0);
        if (source is null)
        {
            moved.Run(); // a yield: ready as it is
        }
        else
        {
            source.MoveToForeign(moved);
        }
    }

    /// <summary>In the goroutine's own turn: runs the free continuation if the operation that it waits for is complete, or puts it aside.</summary>
    private void RunFreeSlot(M m)
    {
        if (!LockSlot())
        {
            return;
        }

        if (_parkedOn is { IsOver: false })
        {
            Volatile.Write(ref _slotKind, SlotFree);
            return;
        }

        TakeSlot(out WaitSource? source, out Action<object?> continuation, out object? state);
        Volatile.Write(ref _slotKind, SlotOwn);
        if (FrameworkInternals.IsAwaitedWithoutContext(state))
        {
            source?.PassOn();
            m.PutAside(new AsideItem(continuation, state, source));
        }
        else
        {
            continuation(state);
        }
    }

    /// <returns><see langword="false"/> if sysmon has taken the continuation out.</returns>
    private bool LockSlot()
    {
        SpinWait spin = default;
        while (true)
        {
            byte kind = Volatile.Read(ref _slotKind);
            if (kind == SlotOwn)
            {
                return false;
            }

            if (kind == SlotFree && Interlocked.CompareExchange(ref _slotKind, SlotLocked, SlotFree) == SlotFree)
            {
                return true;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void TakeSlot(out WaitSource? source, out Action<object?> continuation, out object? state)
    {
        Debug.Assert(_slotKind == SlotLocked && _continuation is not null, "A free continuation was taken without the lock.");
        source = _parkedOn;
        continuation = _continuation;
        state = _continuationState;
        _parkedOn = null; // first: a resting goroutine looks at it for news
        _continuationState = null;
        Volatile.Write(ref _continuation, null);
    }
}
