using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>A condition variable: waits until state that a mutex guards may have changed (Go's <c>sync.Cond</c>).</summary>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread. Check the condition in a loop, with the mutex held:</para>
/// <code>
/// using (await mutex.LockAsync())
/// {
///     while (!condition)
///     {
///         await cond.WaitAsync();
///     }
///     …
/// }
/// </code>
/// <para>The holder stays valid across the waits: disposing it unlocks the mutex. Waiters are woken in order of arrival. A channel is
/// often simpler.</para>
/// </remarks>
[DebuggerDisplay("GoCond, {_core.Waiters.Count} wait")]
public sealed class GoCond : ISyncOwner
{
    // sync/cond.go. A waiter joins the queue of _core before it releases the mutex, and stays there until Signal, Broadcast or its
    // token removes it. A signal that is sent later with the mutex held therefore finds it. The thread that removes the waiter
    // passes it to the mutex, as if the waiter had called Lock there, and the mutex completes it when it holds the lock again. A
    // waiter that has yet to release the mutex (Releases) goes to the mutex itself, after it has released it. Otherwise, another
    // caller could unlock the mutex and signal in between; the waiter, which gets the version of its earlier hold back, would then
    // release the hold that it has just got. _core's lock and the mutex's own lock are never held together.
    private readonly GoMutex _mutex;
    private SyncCore _core;

    /// <summary>Creates a condition.</summary>
    /// <param name="mutex">The mutex that is held while the condition is checked or changed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="mutex"/> is <see langword="null"/>.</exception>
    public GoCond(GoMutex mutex)
    {
        ArgumentNullException.ThrowIfNull(mutex);
        _mutex = mutex;
    }

    /// <summary>Unlocks the mutex, waits for <see cref="Signal"/> or <see cref="Broadcast"/>, and locks the mutex again.</summary>
    /// <param name="cancellationToken">Cancels the wait for the signal, but not the subsequent wait for the mutex.</param>
    /// <returns>A task that completes with the mutex held again. Await it once, and before you do anything else.</returns>
    /// <exception cref="InvalidOperationException">The mutex is not held.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before a signal came. No
    /// signal was consumed, and the mutex is held, as after any wait.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default)
    {
        if (OperationHooks.BeforeOperation("wait", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (condition, token) => condition.WaitAsync(token));
        }

        long version = _mutex.HeldVersion;
        if (version == 0)
        {
            return ValueTask.FromException(new InvalidOperationException("GoCond.WaitAsync without holding the mutex: the mutex is unlocked."));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.CondWait);
        waiter.Mutex = _mutex;
        waiter.Restored = version;
        waiter.Value = 0; // until it holds the mutex again
        _core.Enter();
        _core.Waiters.Enqueue(waiter);
        waiter.InCond = true;
        waiter.Releases = true;
        _core.Exit();
        InvalidOperationException? failure = null;
        try
        {
            _mutex.Release(version);
        }
        catch (InvalidOperationException exception)
        {
            failure = exception; // another caller unlocked it at this moment
        }

        if (EndRelease(waiter, takeBack: failure is not null))
        {
            waiter.Discard();
            return ValueTask.FromException(failure!);
        }

        return waiter.AsTask(cancellationToken);
    }

    /// <summary>Does the same as <see cref="WaitAsync(CancellationToken)"/>, but blocks the caller.</summary>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    /// <exception cref="InvalidOperationException">The mutex is not held.</exception>
    public void Wait() => ThreadWait.Synchronously.Wait(WaitAsync());

    /// <summary>Waits until a condition holds: Go's <c>for !condition() { c.Wait() }</c>.</summary>
    /// <param name="condition">The condition. It is called with the mutex held, before the first wait and after each signal.</param>
    /// <param name="cancellationToken">Cancels the wait for a signal.</param>
    /// <returns>A task that completes with the mutex held and the condition true. Await it once, and before you do anything else.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="condition"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The mutex is not held.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the mutex is held, as after
    /// any wait.</exception>
    public ValueTask WaitAsync(Func<bool> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return _mutex.HeldVersion != 0 && condition() ? default : WaitUntil(condition, cancellationToken);
    }

    /// <summary>Does the same as <see cref="WaitAsync(Func{bool}, CancellationToken)"/>, but blocks the caller.</summary>
    /// <param name="condition">The condition. It is called with the mutex held, before the first wait and after each signal.</param>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="condition"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The mutex is not held.</exception>
    public void Wait(Func<bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        if (_mutex.HeldVersion == 0)
        {
            Wait(); // throws that exception
        }

        while (!condition())
        {
            Wait();
        }
    }

    /// <summary>Wakes the waiter that has waited longest, if there is one. The mutex may be held, but need not be.</summary>
    public void Signal()
    {
        OperationHooks.Observe("signal", this);

        _core.Enter();
        SyncWaiter? waiter = _core.Waiters.Dequeue();
        bool rejoins = waiter is not null && TakeOut(waiter);
        _core.Exit();
        if (rejoins)
        {
            _mutex.Rejoin(waiter!);
        }
    }

    /// <summary>Wakes all waiters. The mutex may be held, but need not be.</summary>
    public void Broadcast()
    {
        OperationHooks.Observe("broadcast", this);

        _core.Enter();
        WakeList<SyncWaiter> goOn = default;
        while (_core.Waiters.Dequeue() is { } waiter)
        {
            if (TakeOut(waiter))
            {
                goOn.Add(waiter);
            }
        }

        _core.Exit();
        while (goOn.Pop() is { } waiter)
        {
            _mutex.Rejoin(waiter);
        }
    }

    void ISyncOwner.Abandon(SyncWaiter waiter)
    {
        if (!TryRemove(waiter))
        {
            _mutex.AbandonRejoining(waiter);
            Signal(); // passes on the signal that it got and will not use
        }
    }

    private async ValueTask WaitUntil(Func<bool> condition, CancellationToken cancellationToken)
    {
        do
        {
            await WaitAsync(cancellationToken);
        }
        while (!condition());
    }

    ref SyncCore ISyncOwner.Core => ref _core;

    WaitableState IWaitable.Inspect() => new("cond", nameof(GoCond));

    /// <summary>A cancelled wait also ends with the mutex held.</summary>
    void ISyncOwner.EndCancelled(SyncWaiter waiter) => _mutex.Rejoin(waiter);

    bool ISyncOwner.TryTakeBack(SyncWaiter waiter, ref WakeList<SyncWaiter> goOn) => TryRemoveLocked(waiter);

    /// <summary>A waiter that has left the queue. With the lock.</summary>
    /// <returns>true if the caller has to pass the waiter on to the mutex; false if the waiter does so itself once it has released the mutex.</returns>
    private static bool TakeOut(SyncWaiter waiter)
    {
        waiter.InCond = false;
        return !waiter.Releases;
    }

    /// <summary>Called when the waiter has released the mutex, or found that another caller released it. If a signal has already come, the waiter goes back to
    /// the mutex.</summary>
    /// <param name="waiter">The waiter.</param>
    /// <param name="takeBack">Whether the wait has failed, unless a signal has come.</param>
    /// <returns>true if the waiter was taken back; otherwise, false.</returns>
    private bool EndRelease(SyncWaiter waiter, bool takeBack)
    {
        _core.Enter();
        waiter.Releases = false;
        bool signalled = !waiter.InCond;
        bool takesBack = takeBack && TryRemoveLocked(waiter);
        _core.Exit();
        if (signalled)
        {
            _mutex.Rejoin(waiter);
        }

        return takesBack;
    }

    /// <summary>Takes a waiter back. Returns false if it was signalled; it then keeps its signal.</summary>
    private bool TryRemove(SyncWaiter waiter)
    {
        _core.Enter();
        bool waits = TryRemoveLocked(waiter);
        _core.Exit();
        return waits;
    }

    private bool TryRemoveLocked(SyncWaiter waiter)
    {
        if (!waiter.InCond)
        {
            return false;
        }

        _core.Waiters.Remove(waiter);
        waiter.InCond = false;
        return true;
    }
}
