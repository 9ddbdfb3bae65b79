using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>Runs an action exactly once, however many callers ask for it (Go's <c>sync.Once</c>).</summary>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread. The first caller runs its action. Callers that come while it runs wait until
/// it has ended. After that, calls return at once, and their actions are not called.</para>
/// <para>An action that throws counts as done. The exception is thrown to the caller that ran it and to every caller that waited
/// for it; later calls return normally, as in Go. If every caller must see a failure, use <see cref="OnceValue{T}"/>.</para>
/// <para>An action that calls the same <see cref="Once"/> waits for itself.</para>
/// </remarks>
[DebuggerDisplay("Once {Done ? \"done\" : \"not done\",nq}")]
public sealed class Once : ISyncOwner
{
    // _stage goes New → Running by the CAS of the caller that runs the action, and Running → Finished by that caller, under
    // _core's lock, which also guards the queue; _failure is written before it. Reading Finished (acquire) pairs with that write
    // (release): a caller that sees Finished also sees what the action did. If the goroutine that runs the action is abandoned, its
    // runtime takes the last step.
    private const int New = 0;
    private const int Running = 1;
    private const int Finished = 2;

    private int _stage;
    private SyncCore _core;
    private SharedFailure? _failure;

    /// <summary>The caller that runs the action, if it is a goroutine. Written before it runs, by that caller.</summary>
    private RunningAction? _running;

    /// <summary>Notified before the waiters if the goroutine that runs the action is abandoned.</summary>
    internal IOnceOwner? Owner { get; init; }

    /// <summary>Gets whether the action has ended, with or without an exception.</summary>
    public bool Done => Volatile.Read(ref _stage) == Finished;

    /// <summary>Runs the action if no action has run before, and waits until the action that runs has ended.</summary>
    /// <param name="action">The action. It runs as part of the caller.</param>
    /// <param name="cancellationToken">Cancels the wait for another caller's action. The action itself runs to its end.</param>
    /// <returns>A task that completes when the action has ended. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled; this caller did not run its action.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask DoAsync(Func<ValueTask> action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (OperationHooks.BeforeOperation("do", this))
        {
            return OperationHooks.Defer(this, (action, cancellationToken), static (once, arguments) => once.DoAsync(arguments.action, arguments.cancellationToken));
        }

        if (Done)
        {
            RaceHooks.Acquire(this);
            return default;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        return TryStart() ? RunAsync(action) : WaitAsync(cancellationToken);
    }

    /// <inheritdoc cref="DoAsync(Func{ValueTask}, CancellationToken)"/>
    public ValueTask DoAsync(Func<Task> action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (IsPlainlyDone)
        {
            RaceHooks.Acquire(this);
            return default;
        }

        return DoTaskAsync(action, cancellationToken);
    }

    /// <summary>Runs the action if no action has run before, and waits until the action that runs has ended. (To block instead, see <see cref="Do"/>.)</summary>
    /// <inheritdoc cref="DoAsync(Func{ValueTask}, CancellationToken)"/>
    public ValueTask DoAsync(Action action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (IsPlainlyDone)
        {
            RaceHooks.Acquire(this);
            return default;
        }

        return DoActionAsync(action, cancellationToken);
    }

    /// <summary>Runs the action if no action has run before, and blocks the caller until the action that runs has ended.</summary>
    /// <param name="action">The action. It runs as part of the caller.</param>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is <see langword="null"/>.</exception>
    public void Do(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        OperationHooks.Observe("do", this);

        if (Done)
        {
            RaceHooks.Acquire(this);
            return;
        }

        if (!TryStart())
        {
            ThreadWait.Synchronously.Wait(WaitAsync(CancellationToken.None));
            return;
        }

        try
        {
            action();
        }
        catch (Exception exception)
        {
            Finish(exception);
            throw;
        }

        Finish(null);
    }

    /// <summary>Whether there is nothing to do and no hook to call first, so that no closure is needed.</summary>
    private bool IsPlainlyDone
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Done && !OperationHooks.Any;
    }

    private ValueTask DoTaskAsync(Func<Task> action, CancellationToken cancellationToken) => DoAsync(() => new ValueTask(action()), cancellationToken);

    private ValueTask DoActionAsync(Action action, CancellationToken cancellationToken)
        => DoAsync(
            () =>
            {
                action();
                return default(ValueTask);
            },
            cancellationToken);

    ref SyncCore ISyncOwner.Core => ref _core;

    WaitableState IWaitable.Inspect()
    {
        int stage = Volatile.Read(ref _stage);
        return new WaitableState("once", nameof(Once))
        {
            IsClosed = stage == Finished,
            IsHeld = stage == Running,
            Holders = stage == Running ? HolderTracking.Known(HolderMark.Of(Volatile.Read(ref _running)?.Goroutine)) : [],
        };
    }

    SharedFailure? ISyncOwner.FailureOf(SyncWaiter waiter) => _failure;

    private bool TryStart()
    {
        if (Interlocked.CompareExchange(ref _stage, Running, New) != New)
        {
            return false;
        }

        if (M.Current is { CurrentG: not null })
        {
            _running = new RunningAction(this);
            _running.Begin();
        }

        return true;
    }

    private async ValueTask RunAsync(Func<ValueTask> action)
    {
        try
        {
            await action().ConfigureAwait(G.IsCurrentContext);
        }
        catch (Exception exception)
        {
            Finish(exception);
            throw;
        }

        Finish(null);
    }

    private ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.OnceDo);
        _core.Enter();
        if (Done)
        {
            _core.Exit();
            waiter.Discard();
            RaceHooks.Acquire(this);
            return _failure is null ? default : new ValueTask(_failure.AsTask<bool>());
        }

        _core.Waiters.Enqueue(waiter);
        _core.Exit();
        return waiter.AsTask(cancellationToken);
    }

    private void Finish(Exception? exception)
    {
        _running?.End();
        SharedFailure? failure = exception is null ? null : new SharedFailure(exception);
        _core.Enter();
        if (Done)
        {
            _core.Exit();
            return; // the goroutine that ran the action was abandoned, but its code continued elsewhere
        }

        _failure = failure;
        RaceHooks.Release(this);
        Volatile.Write(ref _stage, Finished);
        WakeList<SyncWaiter> waiters = _core.Waiters.TakeAll();
        _core.Exit();
        waiters.CompleteAll();
    }

    /// <summary>The running action, as an obligation of the goroutine that runs it.</summary>
    private sealed class RunningAction(Once once) : Obligation
    {
        internal override void Break(ObjectDisposedException reason)
        {
            once.Owner?.Broken(reason);
            once.Finish(reason);
        }
    }
}
