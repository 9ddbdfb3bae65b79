using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>
/// Goroutines that work on parts of one task: the first that fails cancels the token of the others, and the wait for all of them
/// throws its exception (Go's <c>golang.org/x/sync/errgroup.Group</c>).
/// </summary>
/// <remarks>Safe from any goroutine, task or thread, and from the goroutines of the group. The goroutines belong to the runtime
/// that is current where they are started. Nothing is stopped by force: the others end when they look at
/// <see cref="CancellationToken"/>, or when they are done. Make a new group for each task.</remarks>
[DebuggerDisplay("ErrGroup {_running.Count} running")]
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer whose wait handle nobody asks for holds nothing; WaitAsync unregisters it from the parent.")]
public sealed partial class ErrGroup : IOutcomeOwner
{
    // _running counts the goroutines, and those that wait for a place to be started. _lock makes "nothing runs" and the change of
    // _places one step, so that a goroutine gives its place back to where it had it from. _failure is set once, by CAS. A
    // goroutine that ends sets it, gives its place back and counts itself off, in this order: so a caller that has waited
    // sees the failure, and may change the limit.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _parent;
    private readonly WaitGroup _running = new();
    private SpinMutex _lock;
    private WeightedSemaphore? _places;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Creates a group.</summary>
    /// <param name="cancellationToken">Cancels the group's token, too.</param>
    public ErrGroup(CancellationToken cancellationToken = default)
    {
        CancellationToken = _cancellation.Token;
        _parent = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
    }

    /// <summary>Cancelled by the first failure, by the token the group was made with, and when a <see cref="WaitAsync()"/> returns.</summary>
    public CancellationToken CancellationToken { get; }

    object? IOutcomeOwner.Group => _running;

    /// <summary>How many goroutines of the group may run at a time; <see cref="int.MaxValue"/>, the default: any number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    /// <exception cref="InvalidOperationException">Set while goroutines of the group run.</exception>
    public int Limit
    {
        get => (int)(_places?.Size ?? int.MaxValue);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            WeightedSemaphore? places = value == int.MaxValue ? null : new WeightedSemaphore(value);
            _lock.Enter();
            int running = _running.Count;
            if (running == 0)
            {
                _places = places;
            }

            _lock.Exit();
            if (running != 0)
            {
                throw new InvalidOperationException($"errgroup: modify limit while {running} goroutines in the group are still active");
            }
        }
    }

    /// <summary>Waits until all goroutines of the group have ended.</summary>
    /// <returns>A task that completes when the last of them has; it throws what the first one that failed had thrown. Await it once.</returns>
    /// <exception cref="InvalidOperationException">Goroutines were started anew before this wait had returned.</exception>
    public ValueTask WaitAsync() => WaitAsync(CancellationToken.None);

    /// <summary>Waits until all goroutines of the group have ended.</summary>
    /// <param name="cancellationToken">Ends this wait only: the goroutines go on.</param>
    /// <returns>A task that completes when the last of them has; it throws what the first one that failed had thrown. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the group is as if
    /// this caller had never come.</exception>
    /// <exception cref="InvalidOperationException">Goroutines were started anew before this wait had returned.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken).ConfigureAwait(G.IsCurrentContext);
        Finish();
    }

    /// <summary>Blocks the caller until all goroutines of the group have ended, and throws what the first one that failed had thrown.</summary>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    /// <exception cref="InvalidOperationException">As for <see cref="WaitAsync()"/>.</exception>
    public void Wait()
    {
        _running.Wait();
        Finish();
    }

    void IOutcomeOwner.OnFailing(G goroutine, Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null) is not null)
        {
            return;
        }

        try
        {
            _cancellation.Cancel();
        }
        catch (AggregateException callbacks)
        {
            goroutine.Scheduler.Panics.Panic(goroutine, callbacks);
        }
    }

    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure) => Leave(_places);

    /// <summary>All have ended: cancels the token and throws the first failure.</summary>
    private void Finish()
    {
        _parent.Unregister();
        try
        {
            _cancellation.Cancel();
        }
        catch (AggregateException) when (_failure is not null)
        {
            // What callbacks of the token threw: the failure of the group comes first.
        }

        _failure?.Throw();
    }

    /// <summary>Counts a goroutine that is to be started; it may have to wait for a place.</summary>
    private WeightedSemaphore? Enter()
    {
        _lock.Enter();
        try
        {
            _running.Add(1); // throws when there are too many
            return _places;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Counts a goroutine that is to be started, if there is a place for it.</summary>
    private bool TryEnter()
    {
        _lock.Enter();
        try
        {
            if (_places is { } places && !places.TryAcquire())
            {
                return false;
            }

            try
            {
                _running.Add(1);
            }
            catch
            {
                _places?.Release();
                throw;
            }

            return true;
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Leave(WeightedSemaphore? places)
    {
        places?.Release();
        _running.Done();
    }

    private void SpawnBlocking(G goroutine)
    {
        if (Enter() is { } places)
        {
            try
            {
                ThreadWait.Synchronously.Wait(places.EnterAsync(WaitReason.ErrGroupSpawn, CancellationToken.None));
            }
            catch
            {
                _running.Done(); // the caller's runtime was stopped
                throw;
            }
        }

        Start(goroutine);
    }

    private ValueTask SpawnWaiting(G goroutine, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (TryEnter())
        {
            Start(goroutine);
            return default;
        }

        return WaitAndStart(goroutine, cancellationToken);
    }

    private async ValueTask WaitAndStart(G goroutine, CancellationToken cancellationToken)
    {
        if (Enter() is { } places)
        {
            PendingSpawn pending = new(this);
            pending.Begin();
            try
            {
                await places.EnterAsync(WaitReason.ErrGroupSpawn, cancellationToken).ConfigureAwait(G.IsCurrentContext);
            }
            catch
            {
                pending.End();
                _running.Done();
                throw;
            }

            pending.End();
        }

        Start(goroutine);
    }

    private bool TryEnter(Delegate body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return TryEnter();
    }

    /// <summary>Starts a goroutine that has been counted and has its place.</summary>
    /// <returns>true.</returns>
    private bool Start(G goroutine)
    {
        OwnedSpawn.Start(this, goroutine, static group => group.Leave(group._places));
        return true;
    }

    /// <summary>A goroutine that waits for a place to start another one in the group, which the group counts already.</summary>
    private sealed class PendingSpawn(ErrGroup group) : Obligation
    {
        internal override void Break(ObjectDisposedException reason)
        {
            ((IOutcomeOwner)group).OnFailing(Goroutine!, reason);
            group._running.Done();
        }
    }
}
