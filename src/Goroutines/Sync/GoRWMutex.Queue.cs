using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>Handles contention for a read-write lock. GoRWMutex.cs states the invariants.</summary>
public sealed partial class GoRWMutex
{
    /// <summary>Locks for writing where the fast path does not: while a hook is on, or when the lock is not free.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<Holder> LockBesideOthers(CancellationToken cancellationToken)
    {
        if (OperationHooks.BeforeOperation("lock", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (mutex, token) => mutex.LockAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Holder>(cancellationToken);
        }

        return TryWriteNoted(out long version) ? new ValueTask<Holder>(new Holder(this, version)) : LockSlow(cancellationToken);
    }

    /// <inheritdoc cref="GoMutex.LockSlow(CancellationToken, out ValueTask{Holder})"/>
    private void LockBesideOthers(CancellationToken cancellationToken, out ValueTask<Holder> locked) => locked = LockBesideOthers(cancellationToken);

    /// <inheritdoc cref="GoMutex.LockSlow(CancellationToken, out ValueTask{Holder})"/>
    private void ReadLockBesideOthers(CancellationToken cancellationToken, out ValueTask<Holder> locked) => locked = ReadLockBesideOthers(cancellationToken);

    /// <summary>Locks for reading where the fast path does not: while a hook is on, beside other readers, or when the lock is not free.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<Holder> ReadLockBesideOthers(CancellationToken cancellationToken)
    {
        if (OperationHooks.BeforeOperation("read lock", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (mutex, token) => mutex.ReadLockAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Holder>(cancellationToken);
        }

        return TryRead(out Holder holder) ? new ValueTask<Holder>(holder) : ReadLockSlow(cancellationToken);
    }

    private ValueTask<Holder> LockSlow(CancellationToken cancellationToken)
    {
        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.RWMutexLock);
        _core.Enter();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            bool free = (state & (Writer | Waiting | ReadersMask)) == 0;
            long next = free ? Written(state) : state | Waiting;
            if (Interlocked.CompareExchange(ref _state, next, state) != state)
            {
                continue;
            }

            if (free)
            {
                _core.Exit();
                waiter.Discard();
                if (OperationHooks.Any)
                {
                    NoteWriter(M.Current?.CurrentG);
                    AcquireAsWriter();
                }

                return new ValueTask<Holder>(new Holder(this, VersionOf(next)));
            }

            _core.Waiters.Enqueue(waiter);
            break;
        }

        return Waited(waiter, cancellationToken);
    }

    private ValueTask<Holder> ReadLockSlow(CancellationToken cancellationToken)
    {
        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.RWMutexReadLock);
        _core.Enter();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            bool free = (state & (Writer | Waiting)) == 0;
            if (Interlocked.CompareExchange(ref _state, free ? state + ReaderUnit : state | Waiting, state) != state)
            {
                continue;
            }

            if (free)
            {
                _core.Exit();
                waiter.Discard();
                return new ValueTask<Holder>(ReadHold.Make(this));
            }

            _readers.Enqueue(waiter);
            break;
        }

        return Waited(waiter, cancellationToken);
    }

    /// <summary>Returns the operation of a waiter that has just been queued, and releases the lock.</summary>
    private ValueTask<Holder> Waited(SyncWaiter waiter, CancellationToken cancellationToken)
    {
        AssertInvariants();
        _core.Exit();
        return waiter.AsHolder(cancellationToken);
    }

    private void ReleaseWriteSlow(long version)
    {
        WakeList<SyncWaiter> goOn = default;
        _core.Enter();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            if ((state & Writer) == 0 || VersionOf(state) != version)
            {
                _core.Exit();
                throw NotHeld();
            }

            if (TryPass(state, state & ~Writer, readersFirst: true, ref goOn))
            {
                break;
            }
        }

        AssertInvariants();
        _core.Exit();
        goOn.CompleteAll();
    }

    private void ReleaseLastRead()
    {
        WakeList<SyncWaiter> goOn = default;
        _core.Enter();
        while (true)
        {
            // Others may have come or gone meanwhile: then this one is not the last.
            long state = Volatile.Read(ref _state);
            long next = state - ReaderUnit;
            if (ReadersOf(state) > 1 || (state & Waiting) == 0
                ? Interlocked.CompareExchange(ref _state, next, state) == state
                : TryPass(state, next, readersFirst: false, ref goOn))
            {
                break;
            }
        }

        AssertInvariants();
        _core.Exit();
        goOn.CompleteAll();
    }

    /// <summary>Passes on a lock that has just become free. Call with <c>_core</c>'s lock held. Returns false if the state has changed.</summary>
    /// <param name="state">The state as it is.</param>
    /// <param name="free">The new state if there are no waiters.</param>
    /// <param name="readersFirst">Whether all waiting readers come before the first waiting writer.</param>
    /// <param name="goOn">The waiters that get the lock.</param>
    private bool TryPass(long state, long free, bool readersFirst, ref WakeList<SyncWaiter> goOn)
    {
        long next = free & ~Waiting;
        bool toReaders = !_readers.IsEmpty && (readersFirst || _core.Waiters.IsEmpty);
        if (toReaders)
        {
            next += _readers.Count * ReaderUnit;
            next |= _core.Waiters.IsEmpty ? 0 : Waiting;
        }
        else if (_core.Waiters.First is { } writer)
        {
            next = Written(next);
            next |= writer.Next is null && _readers.IsEmpty ? 0 : Waiting;
            writer.Value = VersionOf(next);
        }

        if (Interlocked.CompareExchange(ref _state, next, state) != state)
        {
            return false;
        }

        if (toReaders)
        {
            goOn = _readers.TakeAll();
        }
        else if (_core.Waiters.Dequeue() is { } owner)
        {
            if (OperationHooks.Any)
            {
                NoteWriter(owner.Goroutine);
            }

            goOn.Add(owner);
        }

        return true;
    }

    void ISyncOwner.GiveBack(SyncWaiter waiter)
    {
        if (waiter.Reason == WaitReason.RWMutexLock)
        {
            ReleaseWrite(waiter.Value);
        }
        else
        {
            ReleaseRead();
        }
    }

    bool ISyncOwner.TryTakeBack(SyncWaiter waiter, ref WakeList<SyncWaiter> goOn)
    {
        if (!waiter.InQueue)
        {
            return false;
        }

        if (waiter.Reason == WaitReason.RWMutexLock)
        {
            _core.Waiters.Remove(waiter);
        }
        else
        {
            _readers.Remove(waiter);
        }

        if (_core.Waiters.IsEmpty)
        {
            // Readers that waited only behind the writer, while others read, no longer have a reason to wait.
            while (true)
            {
                long state = Volatile.Read(ref _state);
                bool readersGoOn = (state & Writer) == 0;
                long next = readersGoOn ? (state & ~Waiting) + (_readers.Count * ReaderUnit) : _readers.IsEmpty ? state & ~Waiting : state;
                if (Interlocked.CompareExchange(ref _state, next, state) == state)
                {
                    goOn = readersGoOn ? _readers.TakeAll() : default;
                    break;
                }
            }
        }

        AssertInvariants();
        return true;
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        long state = Volatile.Read(ref _state);
        Debug.Assert((state & Waiting) != 0 == (!_core.Waiters.IsEmpty || !_readers.IsEmpty), "Waiting and the queues differ.");
        Debug.Assert((state & Writer) == 0 || ReadersOf(state) == 0, "A writer and readers hold the lock.");
        Debug.Assert((state & Waiting) == 0 || (state & (Writer | ReadersMask)) != 0, "Somebody waits for a free lock.");
        Debug.Assert(_readers.IsEmpty || !_core.Waiters.IsEmpty || (state & Writer) != 0, "Readers wait for nobody.");
    }
}
