using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>Handles contention for a mutex. GoMutex.cs states the invariants.</summary>
public sealed partial class GoMutex
{
    /// <summary>How often a locker looks again before it queues, if the holder may be running on another core.</summary>
    [ModelValue(1)]
    private static int Spins => 8;

    /// <summary>Locks where the fast path does not: while a hook is on, or when the mutex is not free.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<Holder> LockSlow(CancellationToken cancellationToken)
    {
        // A small method of its own, because what follows saves many registers: holders are tracked in production.
        if (OperationHooks.OnlyTracksHolders && !cancellationToken.IsCancellationRequested && TryAcquire(out long version))
        {
            HolderTracking.NoteNow(ref _holder);
            return new ValueTask<Holder>(new Holder(this, version));
        }

        return LockContended(cancellationToken);
    }

    /// <summary>Does the same where the code was compiled ahead of time, and makes the fast path store its result before its CAS.</summary>
    /// <remarks>The await copies a result by words that are wider than those it was stored in, so it has to wait until the stores have reached the cache.
    /// The CAS waits for them anyway. A result whose address is taken is stored where the source says. The JIT, on the other hand, keeps it in
    /// registers throughout, unless its address is taken.</remarks>
    private void LockSlow(CancellationToken cancellationToken, out ValueTask<Holder> locked) => locked = LockSlow(cancellationToken);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<Holder> LockContended(CancellationToken cancellationToken)
    {
        if (OperationHooks.BeforeOperation("lock", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (mutex, token) => mutex.LockAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Holder>(cancellationToken);
        }

        if ((OperationHooks.Any && !OperationHooks.Explores && TryAcquire(out long version)) || TrySpin(out version))
        {
            NoteHolder();
            return new ValueTask<Holder>(new Holder(this, version));
        }

        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.MutexLock);
        waiter.Mutex = this;
        _core.Enter();
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
                _core.Exit();
                waiter.Discard();
                NoteHolder();
                return new ValueTask<Holder>(new Holder(this, VersionOf(state) + 1));
            }
        }

        _core.Exit();
        return waiter.AsHolder(cancellationToken);
    }

    private bool TrySpin(out long version)
    {
        version = 0;
        if (Environment.ProcessorCount == 1 || (OperationHooks.Any && OperationHooks.Explores))
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

    /// <summary>Notes that the calling goroutine has the lock.</summary>
    private void NoteHolder()
    {
        if (OperationHooks.Any)
        {
            HolderTracking.Note(ref _holder);
            RaceHooks.Acquire(this);
        }
    }

    /// <summary>Notes that the goroutine of a waiter has the lock. Call with <c>_core</c>'s lock held, before the waiter is completed.</summary>
    private void NoteHolder(SyncWaiter waiter)
    {
        if (OperationHooks.Any)
        {
            HolderTracking.Note(ref _holder, waiter.Goroutine);
        }
    }

    /// <summary>Queues behind the hold that <paramref name="state"/> shows. Call with the lock held. Returns false if the state has changed.</summary>
    private bool TryEnqueue(SyncWaiter waiter, long state)
    {
        if ((state & Waiters) == 0 && Interlocked.CompareExchange(ref _state, state | Waiters, state) != state)
        {
            return false;
        }

        // If Waiters is already set, the hold cannot end unnoticed before we release _core's lock: an unlock that finds Waiters
        // without Woken takes that lock, and if Woken is set, the woken goroutine takes it later and finds this waiter.
        waiter.WaitStart = Exploration.Nanoseconds();
        waiter.Phase = MutexPhase.Queued;
        _core.Waiters.Enqueue(waiter);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReleaseSlow(long version)
    {
        Wake wake;
        _core.Enter();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            if ((state & Locked) == 0 || (version != AnyVersion && VersionOf(state) != version))
            {
                _core.Exit();
                throw NotHeld(version);
            }

            long last = (state & Restored) != 0 ? _lastVersion : VersionOf(state);
            if (TryFree(state, (last << VersionShift) | (state & (Waiters | Woken | Starving)), out wake))
            {
                break;
            }
        }

        _core.Exit();
        wake.Run();
    }

    private static InvalidOperationException NotHeld(long version) => new(version == AnyVersion
        ? "unlock of unlocked mutex"
        : "unlock of unlocked mutex: this holder was disposed before, or its lock was unlocked by other means.");

    /// <summary>
    /// Frees the mutex, or hands it over, and decides which waiter to wake. Call with the lock held. Returns false if the state has changed.
    /// </summary>
    /// <param name="state">The current state.</param>
    /// <param name="free">The new state if there is nothing to wake.</param>
    /// <param name="wake">What to wake after unlocking.</param>
    private bool TryFree(long state, long free, out Wake wake)
    {
        wake = default;
        SyncWaiter? first = _core.Waiters.First;
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

            _core.Waiters.Remove(first);
            first.StartTrying();
            wake = new Wake(null, first.Goroutine);
            return true;
        }

        // As in Go, starvation ends with the last waiter, or with a waiter that got the lock within the threshold.
        if (last || Exploration.Nanoseconds() - first.WaitStart <= StarvationNanoseconds)
        {
            next &= ~Starving;
        }

        if (Interlocked.CompareExchange(ref _state, HeldBy(first, next), state) != state)
        {
            return false;
        }

        NoteHolder(first);
        _core.Waiters.Remove(first);
        first.Phase = MutexPhase.None;
        wake = new Wake(first, null);
        return true;
    }

    /// <summary>Returns the state in which <paramref name="waiter"/> holds the mutex, given a state in which it is free. Call with the lock held.</summary>
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

    /// <summary>Called when a woken waiter is scheduled: takes the lock, or queues again.</summary>
    internal bool TryProceed(SyncWaiter waiter)
    {
        _core.Enter();
        bool won = waiter.Phase == MutexPhase.Trying ? Compete(waiter) : waiter.IsCompleted;
        _core.Exit();
        return won;
    }

    /// <summary>Called when the awaiter cannot compete for the lock itself: the lock is handed over to it when it reaches the front of the queue.</summary>
    internal void MustHandOver(SyncWaiter waiter)
    {
        _core.Enter();
        waiter.HandsOver = true;
        if (waiter.Phase == MutexPhase.Trying)
        {
            Compete(waiter);
        }

        _core.Exit();
    }

    /// <summary>Lets the waiter behind Woken try for the lock. Call with <c>_core</c>'s lock held.</summary>
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
                    NoteHolder(waiter);
                    waiter.Won();
                    return true;
                }

                continue;
            }

            // It lost: it goes back to the front of the queue. As in Go, a waiter that has waited long enough makes the next
            // unlock hand the lock over.
            bool starves = Exploration.Nanoseconds() - waiter.WaitStart > StarvationNanoseconds;
            if (Interlocked.CompareExchange(ref _state, (state & ~Woken) | Waiters | (starves ? Starving : 0), state) == state)
            {
                waiter.StopTrying();
                waiter.Phase = MutexPhase.Queued;
                _core.Waiters.EnqueueFirst(waiter);
                return false;
            }
        }
    }

    /// <summary>Called when a wait for a condition has ended for any reason: gives the waiter back the hold that it gave up.</summary>
    internal void Rejoin(SyncWaiter waiter)
    {
        bool held = false;
        _core.Enter();
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

        if (held)
        {
            NoteHolder(waiter);
        }

        _core.Exit();
        if (held)
        {
            waiter.Complete();
        }
    }

    /// <summary>Called when the goroutine of a waiter that has left its condition's queue will never resume.</summary>
    internal void AbandonRejoining(SyncWaiter waiter)
    {
        _core.Enter();
        waiter.IsLost = true; // if it has yet to come here, it is rejected
        _core.Exit();
        waiter.Cancel(this);
        if (waiter.Value != 0)
        {
            GiveBack(waiter);
        }
    }

    void ISyncOwner.GiveBack(SyncWaiter waiter) => GiveBack(waiter);

    /// <summary>Unlocks a hold that was handed over to a goroutine that will never resume.</summary>
    private void GiveBack(SyncWaiter waiter)
    {
        try
        {
            Release(waiter.Value);
        }
        catch (InvalidOperationException)
        {
            // It was already unlocked by other means.
        }
    }

    bool ISyncOwner.TryTakeBack(SyncWaiter waiter, ref WakeList<SyncWaiter> goOn)
    {
        switch (waiter.Phase)
        {
            case MutexPhase.None:
                return false;
            case MutexPhase.Queued:
                _core.Waiters.Remove(waiter);
                if (_core.Waiters.IsEmpty)
                {
                    Interlocked.And(ref _state, ~(Waiters | Starving));
                }

                break;
            default:
                // An unlock relied on this waiter: if the mutex is still free, the next waiter has to take its place.
                Wake wake = default;
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

                wake.AddTo(ref goOn);
                break;
        }

        waiter.Phase = MutexPhase.None;
        return true;
    }

    /// <summary>The waiter or goroutine to wake once the lock is released.</summary>
    private readonly struct Wake(SyncWaiter? owner, G? competitor)
    {
        /// <summary>Wakes it. As soon as a waiter is completed, another operation may reuse it. Readying a goroutine in vain does no harm.</summary>
        internal void Run()
        {
            owner?.Complete();
            competitor?.Ready();
        }

        internal void AddTo(ref WakeList<SyncWaiter> goOn)
        {
            if (owner is not null)
            {
                goOn.Add(owner);
            }

            if (competitor is not null)
            {
                goOn.AddNudged(competitor);
            }
        }
    }
}
