using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>What happens when a mutex is contended. The invariants stand in GoMutex.cs.</summary>
public sealed partial class GoMutex
{
    /// <summary>How often a locker looks again before it queues, when the holder may be running on another core.</summary>
    private const int Spins = 8;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<Holder> LockSlow(CancellationToken cancellationToken)
    {
        if (OperationHooks.BeforeOperation("lock", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (mutex, token) => mutex.LockAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Holder>(cancellationToken);
        }

        if (TrySpin(out long version))
        {
            return new ValueTask<Holder>(new Holder(this, version));
        }

        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.MutexLock);
        waiter.Mutex = this;
        _lock.Enter();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            if ((state & Locked) != 0)
            {
                if (TryEnqueue(waiter, state))
                {
                    break;
                }
            }
            else if (Interlocked.CompareExchange(ref _state, state + VersionUnit + Locked, state) == state)
            {
                _lock.Exit();
                waiter.Discard();
                return new ValueTask<Holder>(new Holder(this, VersionOf(state) + 1));
            }
        }

        _lock.Exit();
        if (cancellationToken.CanBeCanceled)
        {
            waiter.LinkCancellation(cancellationToken);
        }

        return new ValueTask<Holder>(waiter, waiter.Version);
    }

    private bool TrySpin(out long version)
    {
        version = 0;
        if (Environment.ProcessorCount == 1 || OperationHooks.Any)
        {
            return false;
        }

        for (int i = 0; i < Spins && (Volatile.Read(ref _state) & Starving) == 0; i++)
        {
            if (TryAcquire(out version))
            {
                return true;
            }

            Thread.SpinWait(8);
        }

        return false;
    }

    /// <summary>Queues behind a hold that <paramref name="state"/> shows. With the lock; false: the state has changed.</summary>
    private bool TryEnqueue(SyncWaiter waiter, long state)
    {
        if ((state & Waiters) == 0 && Interlocked.CompareExchange(ref _state, state | Waiters, state) != state)
        {
            return false;
        }

        // With Waiters set already, the hold can't end before we let go of _lock: every unlock that finds Waiters without
        // Woken takes it, and with Woken somebody is to come after that who will find us.
        waiter.WaitStart = Exploration.Nanoseconds();
        waiter.Phase = MutexPhase.Queued;
        _queue.Enqueue(waiter);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReleaseSlow(long version)
    {
        Wake wake;
        _lock.Enter();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            if ((state & Locked) == 0 || (version != AnyVersion && VersionOf(state) != version))
            {
                _lock.Exit();
                throw NotHeld(version);
            }

            long last = (state & Restored) != 0 ? _lastVersion : VersionOf(state);
            if (TryFree(state, (last << VersionShift) | (state & (Waiters | Woken | Starving)), out wake))
            {
                break;
            }
        }

        _lock.Exit();
        wake.Run();
    }

    private static InvalidOperationException NotHeld(long version) => new(version == AnyVersion
        ? "unlock of unlocked mutex"
        : "unlock of unlocked mutex: this holder was disposed before, or its lock was unlocked by other means.");

    /// <summary>
    /// Frees the mutex, or hands it over, and decides whom to wake. With the lock; false: the state has changed.
    /// </summary>
    /// <param name="state">The state as it is.</param>
    /// <param name="free">As it would be with nobody to wake.</param>
    /// <param name="wake">What to do after unlocking.</param>
    private bool TryFree(long state, long free, out Wake wake)
    {
        wake = default;
        SyncWaiter? first = _queue.First;
        Debug.Assert(first is null == ((free & Waiters) == 0), "The state says otherwise than the queue whether there are waiters.");
        if (first is null || (free & Woken) != 0)
        {
            return Interlocked.CompareExchange(ref _state, free, state) == state;
        }

        bool last = first.Next is null;
        long next = last ? free & ~Waiters : free;
        bool starving = (free & Starving) != 0;
        if (!starving && !first.HandsOver)
        {
            if (Interlocked.CompareExchange(ref _state, next | Woken, state) != state)
            {
                return false;
            }

            _queue.Remove(first);
            first.StartTrying();
            wake = new Wake(null, first.Goroutine);
            return true;
        }

        // As in Go, starvation is over with the last waiter, or with one that got the lock in good time.
        if (last || Exploration.Nanoseconds() - first.WaitStart <= StarvationNanoseconds)
        {
            next &= ~Starving;
        }

        if (Interlocked.CompareExchange(ref _state, HeldBy(first, next), state) != state)
        {
            return false;
        }

        _queue.Remove(first);
        first.Phase = MutexPhase.None;
        wake = new Wake(first, null);
        return true;
    }

    /// <summary>The state in which <paramref name="waiter"/> holds the mutex, from one in which it is free. With the lock.</summary>
    private long HeldBy(SyncWaiter waiter, long free)
    {
        long version = VersionOf(free) + 1;
        long flags = free & (Waiters | Woken | Starving);
        if (waiter.Restored == 0)
        {
            waiter.Value = version;
            return (version << VersionShift) | flags | Locked;
        }

        _lastVersion = version;
        waiter.Value = waiter.Restored;
        return (waiter.Restored << VersionShift) | flags | Locked | Restored;
    }

    /// <summary>A woken waiter's turn: takes the lock, or queues again.</summary>
    internal bool TryProceed(SyncWaiter waiter)
    {
        _lock.Enter();
        bool won = waiter.Phase == MutexPhase.Trying ? Compete(waiter) : waiter.IsCompleted;
        _lock.Exit();
        return won;
    }

    /// <summary>Whoever awaits can't compete for itself: hand the lock over to it when its turn comes.</summary>
    internal void MustHandOver(SyncWaiter waiter)
    {
        _lock.Enter();
        waiter.HandsOver = true;
        if (waiter.Phase == MutexPhase.Trying)
        {
            Compete(waiter);
        }

        _lock.Exit();
    }

    /// <summary>The one behind Woken tries for the lock. With <c>_lock</c>.</summary>
    private bool Compete(SyncWaiter waiter)
    {
        while (true)
        {
            long state = Volatile.Read(ref _state);
            Debug.Assert((state & Woken) != 0, "A waiter competes that nobody counts on.");
            if ((state & Locked) == 0)
            {
                if (Interlocked.CompareExchange(ref _state, HeldBy(waiter, state & ~Woken), state) == state)
                {
                    waiter.Won();
                    return true;
                }

                continue;
            }

            // Lost: back to the front of the queue. As in Go, one who has waited for long enough makes the next unlock hand
            // the lock over.
            bool starves = Exploration.Nanoseconds() - waiter.WaitStart > StarvationNanoseconds;
            if (Interlocked.CompareExchange(ref _state, (state & ~Woken) | Waiters | (starves ? Starving : 0), state) == state)
            {
                waiter.StopTrying();
                waiter.Phase = MutexPhase.Queued;
                _queue.EnqueueFirst(waiter);
                return false;
            }
        }
    }

    /// <summary>A wait for a condition is over, one way or another: the waiter gets the hold back that it gave up.</summary>
    internal void Rejoin(SyncWaiter waiter)
    {
        bool held = false;
        _lock.Enter();
        while (!held && !waiter.IsLost)
        {
            long state = Volatile.Read(ref _state);
            if ((state & Locked) == 0)
            {
                held = Interlocked.CompareExchange(ref _state, HeldBy(waiter, state), state) == state;
            }
            else if (TryEnqueue(waiter, state))
            {
                break;
            }
        }

        _lock.Exit();
        if (held)
        {
            waiter.Complete();
        }
    }

    void ISyncOwner.Abandon(SyncWaiter waiter)
    {
        ((ISyncOwner)this).Cancel(waiter);
        if (waiter.Outcome == WaitOutcome.Success)
        {
            GiveBack(waiter);
        }
    }

    /// <summary>The goroutine of a waiter that has left the queue of its condition will never go on.</summary>
    internal void AbandonRejoining(SyncWaiter waiter)
    {
        _lock.Enter();
        waiter.IsLost = true; // if it has yet to come here, it is turned away
        _lock.Exit();
        ((ISyncOwner)this).Cancel(waiter);
        if (waiter.Value != 0)
        {
            GiveBack(waiter);
        }
    }

    /// <summary>Unlocks what was handed over to a goroutine that will never know.</summary>
    private void GiveBack(SyncWaiter waiter)
    {
        try
        {
            Release(waiter.Value);
        }
        catch (InvalidOperationException)
        {
            // It has been unlocked by other means.
        }
    }

    void ISyncOwner.Cancel(SyncWaiter waiter)
    {
        Wake wake = default;
        _lock.Enter();
        switch (waiter.Phase)
        {
            case MutexPhase.None:
                _lock.Exit();
                return;
            case MutexPhase.Queued:
                _queue.Remove(waiter);
                if (_queue.IsEmpty)
                {
                    Interlocked.And(ref _state, ~(Waiters | Starving));
                }

                break;
            default:
                // An unlock counted on this one: if the mutex is still free, the next waiter has to take its place.
                waiter.StopTrying();
                while (true)
                {
                    long state = Volatile.Read(ref _state);
                    long next = state & ~Woken;
                    if ((state & Locked) != 0 ? Interlocked.CompareExchange(ref _state, next, state) == state : TryFree(state, next, out wake))
                    {
                        break;
                    }
                }

                break;
        }

        waiter.Phase = MutexPhase.None;
        waiter.Outcome = WaitOutcome.Cancelled;
        _lock.Exit();
        wake.Run();
        waiter.Complete();
    }

    /// <summary>Whom to wake once the lock is let go.</summary>
    private readonly struct Wake(SyncWaiter? owner, G? competitor)
    {
        /// <summary>The completed waiter may be another's as soon as it is completed, and a goroutine readied in vain does no harm.</summary>
        internal void Run()
        {
            owner?.Complete();
            competitor?.Ready();
        }
    }
}
