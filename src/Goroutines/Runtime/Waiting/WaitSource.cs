using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Goroutines.Runtime;

/// <summary>
/// One pending operation: what a caller awaits, and what the other side completes. It is the part of Go's <c>sudog</c>
/// (runtime/runtime2.go) that channels, selects, sleeps and joins have in common.
/// </summary>
/// <remarks>
/// The protocol between the awaiter and the completer:
/// <list type="number">
/// <item>The completer is unique: the thread that took the source out of its queue under that queue's lock, or claimed it by CAS.
/// It writes the result, then <c>_completed</c> (release). Then it makes the goroutine runnable by a CAS on its status (full
/// fence), and then looks for a foreign continuation of the version it completed.</item>
/// <item>A goroutine that awaits its own operation registers by plain stores in its own <see cref="G"/>. Only when its
/// worker has left the body does it commit: status = Waiting (full fence), then look at <c>_completed</c>. Either the
/// completer sees Waiting or the worker sees <c>_completed</c>; if both do, the CAS on the status decides.</item>
/// <item>Any other awaiter publishes a <see cref="ForeignContinuation"/> (full fence) and then looks at
/// <c>_completed</c>. The continuation's own CAS decides between the awaiter and the completer.</item>
/// </list>
/// <para>The result is taken once, by the first to come: the goroutine that has parked on the operation (<see cref="Steal"/> says how
/// other callers find out), or the caller that advances the version by CAS. Any other use of the operation's token throws where the
/// result is taken, and only there: the framework has nowhere to put an exception from <see cref="GetStatus"/> or
/// <see cref="OnCompleted"/>, and would end the process.</para>
/// After step 1's first store the awaiter may already have recycled the source, so the completer reads the goroutine and the version
/// before that store. A stale wake-up of a goroutine is harmless: the goroutine finds nothing to do and parks again.
/// <para>
/// Instead of completing an operation, the other side may also <em>nudge</em> it: it stores <c>_completed</c> = <see cref="Nudged"/>
/// and then makes the goroutine runnable as above. The goroutine, in its own turn, tries to get what it waits for
/// (<see cref="TryProceed"/>). If that fails, it withdraws the nudge and parks again, by step 2. Only an awaiter that awaits as a
/// goroutine's own flow can take such a turn. For all other awaiters, <see cref="AwaitedOutside"/> says that the other side has to
/// complete the operation.
/// </para>
/// </remarks>
internal abstract class WaitSource : Pooled
{
    private const int Pending = 0;
    private const int Completed = 1;
    private const int Nudged = 2;

    private const int NotStolen = 0;
    private const int Claiming = 1;
    private const int Stolen = 2;
    private const int NotInTime = 3;

    /// <summary>Whether there may be operations of goroutines that were abandoned. Set before the first runtime is stopped. A late
    /// reading is correct, since a goroutine that was alive when it was looked at may be chosen.</summary>
    internal static bool AnyRuntimeStopped;

    private G? _goroutine;
    private ForeignContinuation? _foreign;
    private CancelLink? _cancel;
    private int _completed;
    private int _version;

    /// <summary>Whether another caller has taken the result for which a goroutine has parked. Never reset: such a source is not reused.</summary>
    private int _stolen;
    private bool _awaited;

    /// <summary>Whether it was withdrawn because there was no memory to link its token. Written by the caller of <see cref="LinkCancellation"/>
    /// before it withdraws it.</summary>
    private bool _unlinkable;

    /// <summary>Whether its goroutine has parked on it with a continuation that may run anywhere. Written under no lock, by that goroutine's
    /// thread.</summary>
    private volatile bool _goesOnAnywhere;

    /// <summary>Whether an <see cref="AsideItem"/> takes the result in place of the goroutine that has parked here. Written in that goroutine's turn,
    /// before the item runs.</summary>
    private bool _passedOn;

    /// <summary>The operation before it in the <see cref="WaitList{TSource}"/> that it is in.</summary>
    internal WaitSource? Previous;

    /// <summary>Whether it is in a <see cref="WaitList{TSource}"/>. Owned by the lock of that list.</summary>
    internal bool InQueue;

    /// <summary>Why the goroutine that awaits this is parked.</summary>
    internal WaitReason Reason;

    /// <summary>How the operation ended. Written by the completer before <see cref="Complete"/>.</summary>
    internal WaitOutcome Outcome;

    /// <summary>Distinguishes this use of a pooled source from others. A token contains its lower half.</summary>
    internal int FullVersion => _version;

    internal short Version => (short)_version;

    /// <summary>The operation after it in the list that it is in.</summary>
    internal WaitSource? Next
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<WaitSource?>(Link);
    }

    internal G? Goroutine => _goroutine;

    /// <summary>What is waited for: an <see cref="IWaitable"/>, or the goroutine that is joined; null if there is no such object. For reports, from
    /// any thread: at the same moment the operation may be over and the source reused.</summary>
    internal virtual object? Target => null;

    /// <summary>Whether a token may end the wait. For reports, with the same caveat.</summary>
    internal bool HasToken => _cancel is { IsLinked: true };

    internal bool IsCompleted
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _completed) == Completed;
    }

    /// <summary>Whether the goroutine's continuation may also run elsewhere if the goroutine gets no turns any more.</summary>
    private protected bool GoesOnAnywhere => _goesOnAnywhere;

    /// <summary>Whether its goroutine has parked on it, or is about to. Racy: for callers that are right either way.</summary>
    private protected bool IsAwaited => Volatile.Read(ref _awaited);

    /// <summary>Whether it is completed or nudged, so that the goroutine that waits here has to look.</summary>
    internal bool HasNews
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _completed) != Pending;
    }

    /// <summary>Whether it is completed, or was nudged and can now proceed. In the goroutine's own turn only.</summary>
    internal bool IsOver
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int completed = Volatile.Read(ref _completed);
            return completed == Completed || (completed == Nudged && TryProceed());
        }
    }

    /// <summary>Begins an operation of <paramref name="goroutine"/>, or of a foreign thread or task if that is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Begin(G? goroutine, WaitReason reason)
    {
        Debug.Assert(_completed == Pending && _foreign is null && !_awaited, "A source was reused before it was recycled.");
        _goroutine = goroutine;
        Reason = reason;
        Outcome = WaitOutcome.Success;
    }

    /// <summary>The first half of a nudge, under the lock that decides whose turn it is. <see cref="G.Ready"/> follows, without the lock.</summary>
    private protected void MarkNudged()
    {
        Debug.Assert(_completed == Pending, "An operation was nudged that is not pending.");
        Volatile.Write(ref _completed, Nudged);
    }

    /// <summary>Withdraws a nudge, under the lock that decides whose turn it is.</summary>
    private protected void MarkPending()
    {
        Debug.Assert(_completed == Nudged, "A nudge was taken back that was not given.");
        Volatile.Write(ref _completed, Pending);
    }

    /// <summary>Completes the operation in the turn of the waiter itself, so that nothing has to be woken.</summary>
    private protected void MarkCompleted()
    {
        Debug.Assert(_completed == Nudged, "An operation completed itself without having been nudged.");
        Volatile.Write(ref _completed, Completed);
    }

    /// <summary>Ends the operation: step 1 of the protocol. The caller must be the unique completer and hold no lock that readying takes.</summary>
    internal void Complete()
    {
        G? goroutine = _goroutine;
        int version = _version;
        Debug.Assert(_completed == Pending, "An operation was completed twice.");
        RaceHooks.Completes(this);
        Volatile.Write(ref _completed, Completed);
        if (goroutine is not null)
        {
            goroutine.Ready();
        }
        else
        {
            Interlocked.MemoryBarrier(); // pairs with the fence in AddForeign
        }

        if (_foreign is { } foreign && foreign.Version == version)
        {
            if (AnyRuntimeStopped && foreign.IsAbandoned)
            {
                Abandon(); // awaited outside the goroutine's own flow, which was abandoned with it
            }

            foreign.Run();
        }
    }

    /// <summary>Lets <paramref name="token"/> end the operation through <see cref="TryCancel"/>. Called after the operation is published, without a
    /// lock.</summary>
    /// <remarks>Never throws, since the operation may be over by now. If there is no memory to link the token, the operation is withdrawn and fails.</remarks>
    internal void LinkCancellation(CancellationToken token)
    {
        CancelLink? link = _cancel;
        try
        {
            _cancel = link ??= new CancelLink();
            link.Token = token;
            link.IsLinked = true;
            link.Registration = token.UnsafeRegister(static state => ((WaitSource)state!).TryCancel(), this);
        }
        catch (OutOfMemoryException)
        {
            if (link is not null)
            {
                link.IsLinked = false;
            }

            _unlinkable = true;
            TryCancel();
        }
    }

    /// <summary>Called when the goroutine that waits here will never continue: takes the operation out of its queue, and returns
    /// what it was given and has not taken. Called once, by the thread that has the goroutine to itself.</summary>
    internal virtual void Abandon() => TryCancel();

    /// <summary>Whether the only waiter here is a goroutine that will never have another turn, because its runtime was stopped.</summary>
    private bool IsOrphan => _goroutine is { Scheduler.IsStopping: true } && !_goesOnAnywhere && Volatile.Read(ref _foreign) is null or { IsOrphan: true };

    /// <summary>
    /// For the other side, which has just made itself the completer: drops the operation if nothing should be handed to it. It takes
    /// few instructions and runs no other code, so it may be called under the lock of the operation's queue.
    /// </summary>
    internal bool TryDropOrphan()
    {
        if (!IsOrphan)
        {
            return false;
        }

        Outcome = WaitOutcome.Stopped;
        Volatile.Write(ref _completed, Completed);
        Interlocked.MemoryBarrier(); // pairs with the CAS in AddForeign: an awaiter that comes later is informed
        if (Volatile.Read(ref _foreign) is { } foreign)
        {
#pragma warning disable RS0030 // its runtime has no workers any more
            ThreadPool.UnsafeQueueUserWorkItem(static continuation => continuation.Run(), foreign, preferLocal: false);
#pragma warning restore RS0030
        }

        return true;
    }

    /// <summary>Creates the exception of an operation whose goroutine's runtime was stopped.</summary>
    private protected ObjectDisposedException StoppedException() => _goroutine?.Scheduler.Stopped() ?? new ObjectDisposedException("goroutines");

    /// <summary>Withdraws the operation if it is still pending, and completes it as cancelled.</summary>
    private protected abstract void TryCancel();

    /// <summary>Called after a nudge: tries what the operation waits for, and either completes it or withdraws the nudge.</summary>
    /// <returns>Whether the operation is complete.</returns>
    private protected virtual bool TryProceed() => throw new UnreachableException("This kind of operation is never nudged.");

    /// <summary>Called when the awaiter is not the owning goroutine's own flow and gets no turn in which to retry: from now on only the other side
    /// can complete the operation.</summary>
    private protected virtual void AwaitedOutside()
    {
    }

    /// <summary>Called when the awaiter continues in the goroutine's next turn, but the goroutine may be busy with other things until
    /// then.</summary>
    private protected virtual void AwaitedAnywhere()
    {
    }

    /// <summary>Called when the goroutine, in a turn in which it has parked on this, blocks its thread: there may be no turn in
    /// which to try.</summary>
    internal void TurnBlocked() => AwaitedOutside();

    public ValueTaskSourceStatus GetStatus(short token)
    {
        if (token != (short)_version)
        {
            return ValueTaskSourceStatus.Faulted;
        }

        // Only the goroutine itself may try what it was nudged for. Any other thread may be looking at an operation that is just ending.
        bool over = IsCompleted || (HasNews && ReferenceEquals(M.Current?.CurrentG, _goroutine) && IsOver);
        return !over ? ValueTaskSourceStatus.Pending
            : Outcome == WaitOutcome.Success ? ValueTaskSourceStatus.Succeeded
            : Outcome == WaitOutcome.Cancelled && !_unlinkable ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // The usual case first: a goroutine awaits its own operation as part of its own flow. The signal of a blocked thread never asks for a
        // context.
        if (flags == ValueTaskSourceOnCompletedFlags.UseSchedulingContext && token == (short)_version && !_awaited && _foreign is null
            && M.Current is { HasP: true, CurrentG: { IsStackful: false } own } && ReferenceEquals(own, _goroutine) && own.IsCurrent
            && own.TryPark(this, continuation, state))
        {
            _awaited = true;
            return;
        }

        OnCompletedOtherwise(continuation, state, token, flags);
    }

    private void OnCompletedOtherwise(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        int version = _version;
        bool again = token != (short)version || _awaited || (Volatile.Read(ref _foreign) is { } foreign && foreign.Version == version);
        if (ThreadWait.TakeRegistration(this, out ThreadG? parking))
        {
            if (again)
            {
                continuation(state); // a signal; taking the result is what fails
            }
            else if (parking is not null && ReferenceEquals(parking, _goroutine))
            {
                parking.ParkOn(this);
                _awaited = true;
            }
            else
            {
                AddForeign(ForeignContinuation.Signal(continuation, state, version));
            }

            return;
        }

        if (again)
        {
            // Awaited before: let the second awaiter go on, so that taking the result fails.
            ForeignContinuation.Capture(continuation, state, flags, version).Run();
            return;
        }

        if (M.Current is { CurrentG: { } goroutine } m && ReferenceEquals(goroutine, _goroutine) && goroutine.CanTake(m, flags))
        {
            bool anywhere = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) == 0 && !m.AdoptsRoot;
            if (anywhere ? goroutine.TryParkFree(this, continuation, state) : goroutine.TryPark(this, continuation, state))
            {
                _awaited = true;
                if (anywhere)
                {
                    _goesOnAnywhere = true;
                    AwaitedAnywhere();
                }

                return;
            }

            if (anywhere)
            {
                AddForeign(ForeignContinuation.Anywhere(continuation, state, goroutine, version));
                return;
            }
        }

        AddForeign(ForeignContinuation.Capture(continuation, state, flags, version));
    }

    /// <summary>Lets the <see cref="AsideItem"/> that knows this operation take the result in place of the goroutine that has parked here. In that
    /// goroutine's turn, when the operation is over.</summary>
    internal void PassOn() => _passedOn = true;

    /// <summary>Moves the continuation of a goroutine that has parked here out of its slot. Called by the thread that has taken it out.</summary>
    internal void MoveToForeign(ForeignContinuation continuation)
    {
        _awaited = false;
        AddForeign(continuation);
    }

    /// <summary>Registers a continuation that does not belong to the goroutine's own flow: step 3 of the protocol.</summary>
    internal void AddForeign(ForeignContinuation continuation)
    {
        AwaitedOutside();
        continuation.WaitFor(this);
        if ((_goroutine ?? continuation.Goroutine) is { Scheduler.Driver: not null } g && Reason != WaitReason.IO)
        {
            continuation.CountFor(g);
        }

        // The CAS is the full fence that pairs with the one in Complete, and with the CAS by which others take the result. A
        // continuation that came too late for an earlier use of the source, whose result was taken meanwhile, does not belong to
        // this use.
        ForeignContinuation? other;
        while ((other = Interlocked.CompareExchange(ref _foreign, continuation, null)) is not null && other.Version != continuation.Version)
        {
            DropLate(other);
        }

        if (other is not null || IsCompleted)
        {
            continuation.Run();
        }

        if (other is null && Volatile.Read(ref _version) != continuation.Version)
        {
            DropLate(continuation);
        }
    }

    private void DropLate(ForeignContinuation late)
    {
        Interlocked.CompareExchange(ref _foreign, null, late);
        late.Run();
    }

    /// <summary>The first half of taking a result: ensures that there is one and that it is taken once, and unlinks cancellation.</summary>
    /// <returns>The calling thread's worker, as <see cref="M.Current"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected M? BeginGetResult(short token)
    {
        int version = _version;
        if (token != (short)version)
        {
            ThrowStale();
        }

        if (!IsCompleted)
        {
            ThrowNotCompleted();
        }

        M? m = M.Current;
        if (_awaited && (!_passedOn ? m?.CurrentG is { } current && ReferenceEquals(current, _goroutine) : ReferenceEquals(m?.Aside?.Source, this)))
        {
            _version = version + 1; // before the look at _stolen: see Steal
            if (_stolen != NotStolen)
            {
                CheckNotStolen();
            }
        }
        else
        {
            Claim(version, m);
        }

        _cancel?.Unlink();
        RaceHooks.Completed(this);
        return m;
    }

    private void Claim(int version, M? m)
    {
        if (_awaited)
        {
            Steal(version);
            return;
        }

        if (Interlocked.CompareExchange(ref _version, version + 1, version) != version)
        {
            ThrowStale();
        }

        if (_goroutine is { } goroutine && _foreign is null && !ReferenceEquals(m?.CurrentG, goroutine))
        {
            _stolen = Stolen; // the goroutine may be about to park on it, so it is not reused
        }
    }

    /// <summary>
    /// Takes the result although a goroutine has parked here for it. The first to come gets it, and the other gets an exception.
    /// The goroutine pays no interlocked operation for that: it advances the version and then looks at <c>_stolen</c>. This side
    /// stores <c>_stolen</c>, makes every thread pass a fence, and then looks at the version.
    /// </summary>
    private void Steal(int version)
    {
        if (Interlocked.CompareExchange(ref _stolen, Claiming, NotStolen) != NotStolen)
        {
            ThrowStale();
        }

        Interlocked.MemoryBarrierProcessWide();
        if (Volatile.Read(ref _version) != version)
        {
            Volatile.Write(ref _stolen, NotInTime);
            ThrowStale();
        }

        _version = version + 1;
        Volatile.Write(ref _stolen, Stolen);
    }

    private void CheckNotStolen()
    {
        SpinWait spin = default;
        while (Volatile.Read(ref _stolen) == Claiming)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        if (_stolen == Stolen)
        {
            ThrowStale();
        }
    }

    /// <summary>The second half: the source is free for another operation.</summary>
    /// <returns>Whether the source may be reused. It may not if another caller took the result before the goroutine that
    /// awaits it: that goroutine has to find the operation over and its token stale.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected bool Recycle()
    {
        bool reusable = _stolen == NotStolen && (!_awaited || !ReferenceEquals(_goroutine!.ParkedOn, this));
        if (_foreign is { } foreign)
        {
            _foreign = null;
            foreign.Run(); // it has run, unless another caller took the result before it could
        }

        if (_cancel is { } cancel)
        {
            cancel.Token = default; // it may hold on to much, and a pooled source lives long
        }

        if (reusable)
        {
            _goroutine = null;
            _awaited = false;
            _unlinkable = false;
            _goesOnAnywhere = false;
            _passedOn = false;
            Volatile.Write(ref _completed, 0);
        }

        return reusable;
    }

    /// <summary>Withdraws an operation that was begun, has not been completed, and is known to no other thread.</summary>
    private protected void Withdraw()
    {
        _cancel?.Unlink();
        Recycle();
    }

    /// <summary>Creates the exception of a cancelled operation.</summary>
    /// <remarks>Or the exception of one that was withdrawn because there was no memory to link its token.</remarks>
    private protected Exception CancelledException() => _unlinkable
        ? new InsufficientMemoryException("There was no memory to link the operation with its cancellation token.")
        : new OperationCanceledException(_cancel?.Token ?? default);

    private static void ThrowStale() => throw new InvalidOperationException(
        "This operation has already been awaited. A ValueTask may be awaited once only; call AsTask() to await it more often.");

    private static void ThrowNotCompleted() => throw new InvalidOperationException(
        "The operation has not completed yet, or is awaited elsewhere already. A ValueTask may be awaited once only; call AsTask() to await it more often or to block on it.");

    /// <summary>What an operation with a token needs. Kept with its pooled source so that later operations need not allocate it.</summary>
    private sealed class CancelLink
    {
        internal CancellationTokenRegistration Registration;
        internal CancellationToken Token;
        internal bool IsLinked;

        internal void Unlink()
        {
            if (IsLinked)
            {
                // Waits for a callback that is running (it takes one short lock), so that it can't hit the next operation.
                Registration.Dispose();
                Registration = default;
                IsLinked = false;
            }
        }
    }
}

/// <summary>How an operation ended.</summary>
internal enum WaitOutcome : byte
{
    Success,
    Closed,
    Cancelled,
    Failed,

    /// <summary>Dropped, because the runtime of the goroutine that waited was stopped.</summary>
    Stopped,
}
