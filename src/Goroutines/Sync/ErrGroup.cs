using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>
/// Runs goroutines that work on parts of one task. The first one that fails cancels the token of the others, and the wait for all
/// of them throws its exception (Go's <c>golang.org/x/sync/errgroup.Group</c>).
/// </summary>
/// <remarks>All members may be called from any goroutine, task or thread, including the goroutines of the group. Each goroutine
/// belongs to the runtime that is current where it is started. A failure does not stop the others by force: they end when they
/// observe <see cref="CancellationToken"/>, or when they are done. Create a new group for each task.</remarks>
[DebuggerDisplay("ErrGroup {_running.Count} running")]
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer whose wait handle nobody asks for holds nothing; WaitAsync unregisters it from the parent.")]
public sealed partial class ErrGroup : IOutcomeOwner
{
    // _running counts the goroutines that run and those that wait for a place. _lock makes the check that nothing runs and the
    // change of _places one step, so that a goroutine returns its place to the semaphore that it got it from. _failure is set
    // once, by CAS. A goroutine that ends sets _failure, returns its place and counts itself off, in this order. A caller that
    // has waited therefore sees the failure, and may change the limit.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _parent;
    private readonly WaitGroup _running = new();
    private SpinMutex _lock;
    private WeightedSemaphore? _places;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Creates a group.</summary>
    /// <param name="cancellationToken">When it is cancelled, the group's token is also cancelled.</param>
    public ErrGroup(CancellationToken cancellationToken = default)
    {
        CancellationToken = _cancellation.Token;
        _parent = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
    }

    /// <summary>Gets the group's token. The first failure, the token that the group was created with, and the return of a <see cref="WaitAsync()"/> cancel it.</summary>
    public CancellationToken CancellationToken { get; }

    object? IOutcomeOwner.Group => _running;

    /// <summary>Gets or sets the number of goroutines of the group that may run at a time. The default is <see cref="int.MaxValue"/>: no limit.</summary>
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
    /// <returns>A task that completes when the last of them has; it throws the exception of the first one that failed. Await it once.</returns>
    /// <exception cref="InvalidOperationException">New goroutines were started before this wait had returned.</exception>
    public ValueTask WaitAsync() => WaitAsync(CancellationToken.None);

    /// <summary>Waits until all goroutines of the group have ended.</summary>
    /// <param name="cancellationToken">Cancels only this wait: the goroutines continue.</param>
    /// <returns>A task that completes when the last of them has; it throws the exception of the first one that failed. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the group is
    /// unaffected.</exception>
    /// <exception cref="InvalidOperationException">New goroutines were started before this wait had returned.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken).ConfigureAwait(G.IsCurrentContext);
        Finish();
    }

    /// <summary>Blocks the caller until all goroutines of the group have ended, and throws the exception of the first one that failed.</summary>
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

    /// <summary>Called when all goroutines have ended: cancels the token and throws the first failure.</summary>
    private void Finish()
    {
        _parent.Unregister();
        try
        {
            _cancellation.Cancel();
        }
        catch (AggregateException) when (_failure is not null)
        {
            // Callbacks of the token threw this; the failure of the group takes precedence.
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

    /// <summary>The obligation of a goroutine that waits for a place to start another goroutine in the group. The group already counts the other one.</summary>
    private sealed class PendingSpawn(ErrGroup group) : Obligation
    {
        internal override void Break(ObjectDisposedException reason)
        {
            ((IOutcomeOwner)group).OnFailing(Goroutine!, reason);
            group._running.Done();
        }
    }
}
