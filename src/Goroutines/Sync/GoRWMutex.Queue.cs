using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>What happens when a read-write lock is contended. The invariants stand in GoRWMutex.cs.</summary>
public sealed partial class GoRWMutex
{
    private ValueTask<Holder> LockSlow(CancellationToken cancellationToken)
    {
        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.RWMutexLock);
        _lock.Enter();
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
                _lock.Exit();
                waiter.Discard();
                return new ValueTask<Holder>(new Holder(this, VersionOf(next)));
            }

            _writers.Enqueue(waiter);
            break;
        }

        return Waited(waiter, cancellationToken);
    }

    private ValueTask<Holder> ReadLockSlow(CancellationToken cancellationToken)
    {
        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.RWMutexReadLock);
        _lock.Enter();
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
                _lock.Exit();
                waiter.Discard();
                return new ValueTask<Holder>(ReadHold.Make(this));
            }

            _readers.Enqueue(waiter);
            break;
        }

        return Waited(waiter, cancellationToken);
    }

    /// <summary>The operation of a waiter that has just been queued; lets go of the lock.</summary>
    private ValueTask<Holder> Waited(SyncWaiter waiter, CancellationToken cancellationToken)
    {
        AssertInvariants();
        _lock.Exit();
        if (cancellationToken.CanBeCanceled)
        {
            waiter.LinkCancellation(cancellationToken);
        }

        return new ValueTask<Holder>(waiter, waiter.Version);
    }

    private void ReleaseWriteSlow(long version)
    {
        SyncWaiter? goOn = null;
        _lock.Enter();
        while (true)
        {
            long state = Volatile.Read(ref _state);
            if ((state & Writer) == 0 || VersionOf(state) != version)
            {
                _lock.Exit();
                throw NotHeld();
            }

            if (TryPass(state, state & ~Writer, readersFirst: true, ref goOn))
            {
                break;
            }
        }

        AssertInvariants();
        _lock.Exit();
        SyncQueue.CompleteAll(goOn);
    }

    private void ReleaseLastRead()
    {
        SyncWaiter? goOn = null;
        _lock.Enter();
        while (true)
        {
            // Others may have come or gone meanwhile: then we are not the last.
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
        _lock.Exit();
        SyncQueue.CompleteAll(goOn);
    }

    /// <summary>Passes a lock that has just become free on. With the lock; false: the state has changed.</summary>
    /// <param name="state">The state as it is.</param>
    /// <param name="free">As it would be with nobody waiting.</param>
    /// <param name="readersFirst">Whether all waiting readers come before the first waiting writer.</param>
    /// <param name="goOn">Who gets the lock.</param>
    private bool TryPass(long state, long free, bool readersFirst, ref SyncWaiter? goOn)
    {
        long next = free & ~Waiting;
        bool toReaders = !_readers.IsEmpty && (readersFirst || _writers.IsEmpty);
        if (toReaders)
        {
            next += _readers.Count * ReaderUnit;
            next |= _writers.IsEmpty ? 0 : Waiting;
        }
        else if (_writers.First is { } writer)
        {
            next = Written(next);
            next |= _writers.Count == 1 && _readers.IsEmpty ? 0 : Waiting;
            writer.Value = VersionOf(next);
        }

        if (Interlocked.CompareExchange(ref _state, next, state) != state)
        {
            return false;
        }

        goOn = toReaders ? _readers.TakeAll() : _writers.Dequeue();
        return true;
    }

    void ISyncOwner.Abandon(SyncWaiter waiter)
    {
        ((ISyncOwner)this).Cancel(waiter);
        if (waiter.Outcome != WaitOutcome.Success)
        {
            return;
        }

        // It was passed on to a goroutine that will never know.
        if (waiter.Reason == WaitReason.RWMutexLock)
        {
            ReleaseWrite(waiter.Value);
        }
        else
        {
            ReleaseRead();
        }
    }

    void ISyncOwner.Cancel(SyncWaiter waiter)
    {
        SyncWaiter? goOn = null;
        _lock.Enter();
        if (!waiter.InQueue)
        {
            _lock.Exit();
            return;
        }

        if (waiter.Reason == WaitReason.RWMutexLock)
        {
            _writers.Remove(waiter);
        }
        else
        {
            _readers.Remove(waiter);
        }

        if (_writers.IsEmpty)
        {
            // Readers that waited behind the writer only, while others read, have nothing to wait for any more.
            while (true)
            {
                long state = Volatile.Read(ref _state);
                bool readersGoOn = (state & Writer) == 0;
                long next = readersGoOn ? (state & ~Waiting) + (_readers.Count * ReaderUnit) : _readers.IsEmpty ? state & ~Waiting : state;
                if (Interlocked.CompareExchange(ref _state, next, state) == state)
                {
                    goOn = readersGoOn ? _readers.TakeAll() : null;
                    break;
                }
            }
        }

        waiter.Outcome = WaitOutcome.Cancelled;
        AssertInvariants();
        _lock.Exit();
        SyncQueue.CompleteAll(goOn);
        waiter.Complete();
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        long state = Volatile.Read(ref _state);
        Debug.Assert((state & Waiting) != 0 == (!_writers.IsEmpty || !_readers.IsEmpty), "Waiting and the queues differ.");
        Debug.Assert((state & Writer) == 0 || ReadersOf(state) == 0, "A writer and readers hold the lock.");
        Debug.Assert((state & Waiting) == 0 || (state & (Writer | ReadersMask)) != 0, "Somebody waits for a free lock.");
        Debug.Assert(_readers.IsEmpty || !_writers.IsEmpty || (state & Writer) != 0, "Readers wait for nobody.");
    }
}
