using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>What happens when a mutex is contended. The invariants stand in GoMutex.cs.</summary>
public sealed partial class GoMutex
{
    /// <summary>How often a locker looks again before it queues, when the holder may be running on another core.</summary>
    [ModelValue(1)]
    private static int Spins => 8;

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

    /// <summary>The calling goroutine has got the lock.</summary>
    private void NoteHolder()
    {
        if (OperationHooks.Any)
        {
            HolderTracking.Note(ref _holder);
        }
    }

    /// <summary>The goroutine of a waiter has got the lock. With <c>_core</c>'s lock, before the waiter is completed.</summary>
    private void NoteHolder(SyncWaiter waiter)
    {
        if (OperationHooks.Any)
        {
            HolderTracking.Note(ref _holder, waiter.Goroutine);
        }
    }

    /// <summary>Queues behind a hold that <paramref name="state"/> shows. With the lock; false: the state has changed.</summary>
    private bool TryEnqueue(SyncWaiter waiter, long state)
    {
        if ((state & Waiters) == 0 && Interlocked.CompareExchange(ref _state, state | Waiters, state) != state)
        {
            return false;
        }

        // With Waiters set already, the hold can't end before we let go of _core's lock: every unlock that finds Waiters without
        // Woken takes it, and with Woken a goroutine is to come after that which will find this one.
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
    /// Frees the mutex, or hands it over, and decides whom to wake. With the lock; false: the state has changed.
    /// </summary>
    /// <param name="state">The state as it is.</param>
    /// <param name="free">As it would be with nobody to wake.</param>
    /// <param name="wake">What to do after unlocking.</param>
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

        // As in Go, starvation is over with the last waiter, or with one that got the lock in good time.
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
        _core.Enter();
        bool won = waiter.Phase == MutexPhase.Trying ? Compete(waiter) : waiter.IsCompleted;
        _core.Exit();
        return won;
    }

    /// <summary>The awaiter can't compete for itself: hand the lock over to it when its turn comes.</summary>
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

    /// <summary>The one behind Woken tries for the lock. With <c>_core</c>'s lock.</summary>
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

            // Lost: back to the front of the queue. As in Go, one who has waited for long enough makes the next unlock hand
            // the lock over.
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

    /// <summary>A wait for a condition is over, one way or another: the waiter gets the hold back that it gave up.</summary>
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

    /// <summary>The goroutine of a waiter that has left the queue of its condition will never go on.</summary>
    internal void AbandonRejoining(SyncWaiter waiter)
    {
        _core.Enter();
        waiter.IsLost = true; // if it has yet to come here, it is turned away
        _core.Exit();
        waiter.Cancel(this);
        if (waiter.Value != 0)
        {
            GiveBack(waiter);
        }
    }

    void ISyncOwner.GiveBack(SyncWaiter waiter) => GiveBack(waiter);

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
                // An unlock counted on this one: if the mutex is still free, the next waiter has to take its place.
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

    /// <summary>Whom to wake once the lock is let go.</summary>
    private readonly struct Wake(SyncWaiter? owner, G? competitor)
    {
        /// <summary>The completed waiter may be another's as soon as it is completed, and a goroutine readied in vain does no harm.</summary>
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
