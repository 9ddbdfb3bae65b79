using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Goroutines.Runtime;

namespace Goroutines.Sync;

/// <summary>
/// One pending wait for a synchronisation primitive: a place in its queue (runtime/sema.go: <c>sudog</c> of a
/// <c>semaRoot</c>), and what the caller awaits. One class for all primitives, so that they share the pools of the Ps.
/// </summary>
/// <remarks>
/// While the waiter is in a primitive's queue, that primitive's lock guards all fields. After the completing thread has removed the
/// waiter, it owns the fields until <see cref="WaitSource.Complete"/>; after that, the awaiter owns them.
/// </remarks>
internal sealed class SyncWaiter : WaitSource, IValueTaskSource, IValueTaskSource<bool>, IValueTaskSource<Holder>
{
    private ISyncOwner? _owner;

    /// <summary>A value that the owner stores or hands over: a weight, a version.</summary>
    internal long Value;

    /// <summary>The mutex that this waits for, directly or after a condition.</summary>
    internal GoMutex? Mutex;

    /// <summary>Its phase in the competition for <see cref="Mutex"/>. Guarded by the mutex's lock.</summary>
    internal MutexPhase Phase;

    /// <summary>Whether the waiter cannot compete for the mutex itself, so that the lock has to be handed over. Guarded by the mutex's lock.</summary>
    internal bool HandsOver;

    /// <summary>When it first queued for the mutex, by the machine's clock in nanoseconds.</summary>
    internal long WaitStart;

    /// <summary>Whether it is in the queue of a condition, not yet in that of its mutex. Guarded by the condition's lock.</summary>
    internal bool InCond;

    /// <summary>Whether a wait for a condition has yet to release the mutex. Guarded by the condition's lock.</summary>
    internal bool Releases;

    /// <summary>The version of the hold that a wait for a condition gave up and gets back; 0 if it gets a new one.</summary>
    internal long Restored;

    /// <summary>The mutex while it competes for one, also after a condition was signalled; otherwise, the primitive.</summary>
    internal override object? Target => Phase != MutexPhase.None && Mutex is { } mutex ? mutex : _owner;

    internal static SyncWaiter Rent(ISyncOwner owner, WaitReason reason)
    {
        M? m = M.Current;
        SyncWaiter waiter = Pool<SyncWaiter>.TryRent(m) ?? new SyncWaiter();
        waiter._owner = owner;
        waiter.IsLost = false;
        waiter.HandsOver = m?.CurrentG is null;
        waiter.Begin(m?.CurrentG, reason);
        return waiter;
    }

    /// <summary>Returns a waiter that was not needed to the pool.</summary>
    internal void Discard() => Return(M.Current);

    /// <summary>Nudges it to compete. Called with the mutex's lock held; the caller readies the goroutine without it.</summary>
    internal void StartTrying()
    {
        Phase = MutexPhase.Trying;
        MarkNudged();
    }

    /// <summary>Withdraws the nudge, after it lost or was cancelled. Called with the mutex's lock held.</summary>
    internal void StopTrying() => MarkPending();

    /// <summary>Called when it has won the mutex in its own turn, with the mutex's lock held.</summary>
    internal void Won()
    {
        Phase = MutexPhase.None;
        MarkCompleted();
    }

    /// <summary>Whether it was abandoned on its way from a condition to the mutex. Guarded by the mutex's lock.</summary>
    internal bool IsLost;

    internal override void Abandon() => _owner!.Abandon(this);

    private protected override void TryCancel() => Cancel(_owner!);

    /// <summary>Takes the waiter back and ends its wait as cancelled, unless the waiter has, or is about to get, what it waited for.</summary>
    /// <param name="owner">The primitive in whose queue the waiter is.</param>
    internal void Cancel(ISyncOwner owner)
    {
        ref SyncCore core = ref owner.Core;
        WakeList<SyncWaiter> goOn = default;
        core.Enter();
        bool taken = owner.TryTakeBack(this, ref goOn);
        if (taken)
        {
            Outcome = WaitOutcome.Cancelled;
        }

        core.Exit();
        goOn.CompleteAll();
        if (taken)
        {
            owner.EndCancelled(this);
        }
    }

    /// <summary>Returns the operation that the caller of the wait awaits. Call it after the waiter is in its queue, without holding a lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask AsTask(CancellationToken cancellationToken)
    {
        LinkToken(cancellationToken);
        return new ValueTask(this, Version);
    }

    /// <inheritdoc cref="AsTask"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<Holder> AsHolder(CancellationToken cancellationToken)
    {
        LinkToken(cancellationToken);
        return new ValueTask<Holder>(this, Version);
    }

    /// <inheritdoc cref="AsTask"/>
    internal ValueTask<bool> AsAnswer(CancellationToken cancellationToken)
    {
        LinkToken(cancellationToken);
        return new ValueTask<bool>(this, Version);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void LinkToken(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            LinkCancellation(cancellationToken);
        }
    }

    private protected override bool TryProceed() => Mutex!.TryProceed(this);

    private protected override void AwaitedOutside() => Mutex?.MustHandOver(this);

    /// <summary>Other callers that want the mutex must not wait until the waiter's goroutine gets to compete for it.</summary>
    private protected override void AwaitedAnywhere() => Mutex?.MustHandOver(this);

    void IValueTaskSource.GetResult(short token) => Take(token);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        Take(token);
        return false; // true is the answer of a caller that does not wait
    }

    private void Take(short token)
    {
        M? m = BeginGetResult(token);
        Exception? cancelled = Outcome == WaitOutcome.Cancelled ? CancelledException() : null;
        SharedFailure? failure = cancelled is null ? _owner!.FailureOf(this) : null;
        Return(m);
        Throw(cancelled, failure);
    }

    Holder IValueTaskSource<Holder>.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        Exception? cancelled = Outcome == WaitOutcome.Cancelled ? CancelledException() : null;
        SharedFailure? failure = cancelled is null ? _owner!.FailureOf(this) : null;
        Holder holder = cancelled is null && failure is null ? _owner!.HolderFor(this) : default;
        Return(m);
        Throw(cancelled, failure);
        return holder;
    }

    private static void Throw(Exception? cancelled, SharedFailure? failure)
    {
        if (cancelled is not null)
        {
            throw cancelled;
        }

        failure?.Throw();
    }

    private void Return(M? m)
    {
        _owner = null;
        Mutex = null;
        Restored = 0;
        if (Recycle()) // not if its goroutine has yet to find that the wait is over and the result was taken
        {
            Pool<SyncWaiter>.Return(this, m);
        }
    }
}

/// <summary>The phase of a waiter in the competition for a mutex.</summary>
internal enum MutexPhase : byte
{
    /// <summary>Not competing: not yet, or it has the lock, or it was cancelled.</summary>
    None,

    /// <summary>In the queue.</summary>
    Queued,

    /// <summary>Woken by an unlock, which relies on it (the state says Woken). It tries in its goroutine's next turn.</summary>
    Trying,
}
