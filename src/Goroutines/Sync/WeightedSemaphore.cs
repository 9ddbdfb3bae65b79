using System.Diagnostics;
using Goroutines.Scheduler;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>Bounds the use of something that is taken in portions of any weight (Go's <c>golang.org/x/sync/semaphore.Weighted</c>).</summary>
/// <remarks>
/// Safe from any goroutine, task or thread. First come, first served: one who waits for much is not overtaken by those who want
/// little, not even by <see cref="TryAcquire"/>. It holds no resources.
/// </remarks>
[DebuggerDisplay("WeightedSemaphore {_size - _held} of {_size} free, {_waiters.Count} wait")]
public sealed class WeightedSemaphore : ISyncOwner
{
    // _lock guards everything; nothing is read without it. Invariant: 0 <= _held <= _size, and the first waiter wants more
    // than is free, which every change of _held, and every waiter that goes, re-establishes (Grant).
    private readonly long _size;
    private SpinMutex _lock;
    private long _held;
    private SyncQueue _waiters;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="size">The weight that can be held in all.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is less than 1.</exception>
    public WeightedSemaphore(long size)
    {
        if (size < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "A semaphore's size must be at least 1.");
        }

        _size = size;
    }

    /// <summary>The weight that can be held in all.</summary>
    public long Size => _size;

    /// <summary>Takes a weight, waiting until it is free and all who came before have theirs.</summary>
    /// <param name="n">The weight; 0 waits only for those who came before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the caller holds the weight. Await it once.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; nothing is held,
    /// and the semaphore is as if this caller had never come: who only waited behind it goes on.</exception>
    public ValueTask AcquireAsync(long n = 1, CancellationToken cancellationToken = default)
    {
        CheckAcquired(n);
        return AcquireAsync(n, WaitReason.SemaphoreAcquire, cancellationToken);
    }

    /// <summary>Takes a weight, blocking the caller until it is free and all who came before have theirs.</summary>
    /// <param name="n">The weight.</param>
    /// <remarks>For synchronous code. A goroutine with a stack of its own parks; any other caller's thread blocks, inside a
    /// goroutine as a blocking region.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    public void Acquire(long n = 1) => ThreadWait.Synchronously.Wait(AcquireAsync(n));

    /// <summary>Takes a weight if it is free and nobody waits.</summary>
    /// <param name="n">The weight.</param>
    /// <returns>Whether the caller now holds it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    public bool TryAcquire(long n = 1)
    {
        CheckAcquired(n);
        if (Exploration.IsOn)
        {
            Exploration.Note("try acquire", this);
        }

        _lock.Enter();
        bool acquired = TryAcquireLocked(n);
        _lock.Exit();
        return acquired;
    }

    /// <summary>Gives a weight back. Who waits goes on in the order they came, as far as what is free suffices.</summary>
    /// <param name="n">The weight, which need not be one that was taken at once.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Less is held ("semaphore: released more than held"); nothing was released.</exception>
    public void Release(long n = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (Exploration.IsOn)
        {
            Exploration.Note("release", this);
        }

        _lock.Enter();
        if (n > _held)
        {
            _lock.Exit();
            throw new InvalidOperationException("semaphore: released more than held");
        }

        _held -= n;
        SyncWaiter? goOn = Grant();
        _lock.Exit();
        SyncQueue.CompleteAll(goOn);
    }

    /// <summary>As it is where schedules are explored: it gives way first, and is performed when it is its turn.</summary>
    private async ValueTask AcquireExplored(long n, WaitReason reason, CancellationToken cancellationToken)
    {
        await Exploration.GiveWay();
        Exploration.Grant();
        await AcquireAsync(n, reason, cancellationToken);
    }

    internal ValueTask AcquireAsync(long n, WaitReason reason, CancellationToken cancellationToken)
    {
        if (Exploration.IsOn && Exploration.Defers("acquire", this))
        {
            return AcquireExplored(n, reason, cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        _lock.Enter();
        if (TryAcquireLocked(n))
        {
            _lock.Exit();
            return default;
        }

        _lock.Exit();
        SyncWaiter waiter = SyncWaiter.Rent(this, reason);
        waiter.Value = n;
        _lock.Enter();
        if (TryAcquireLocked(n))
        {
            _lock.Exit();
            waiter.Discard();
            return default;
        }

        _waiters.Enqueue(waiter);
        _lock.Exit();
        if (cancellationToken.CanBeCanceled)
        {
            waiter.LinkCancellation(cancellationToken);
        }

        return new ValueTask(waiter, waiter.Version);
    }

    void ISyncOwner.Abandon(SyncWaiter waiter)
    {
        ((ISyncOwner)this).Cancel(waiter);
        if (waiter.Outcome == WaitOutcome.Success)
        {
            Release(waiter.Value); // granted to a goroutine that will never know
        }
    }

    void ISyncOwner.Cancel(SyncWaiter waiter)
    {
        _lock.Enter();
        if (!waiter.InQueue)
        {
            _lock.Exit();
            return;
        }

        _waiters.Remove(waiter);
        SyncWaiter? goOn = Grant();
        waiter.Outcome = WaitOutcome.Cancelled;
        _lock.Exit();
        SyncQueue.CompleteAll(goOn);
        waiter.Complete();
    }

    private void CheckAcquired(long n)
    {
        if (n < 0 || n > _size)
        {
            throw new ArgumentOutOfRangeException(nameof(n), n, $"A weight must be at least 0 and at most the semaphore's size, {_size}.");
        }
    }

    private bool TryAcquireLocked(long n)
    {
        if (n > _size - _held || !_waiters.IsEmpty)
        {
            return false;
        }

        _held += n;
        return true;
    }

    /// <summary>Takes the weight for those at the front of the queue that it suffices for. With the lock.</summary>
    /// <returns>Who is to be completed after unlocking, as a list in order.</returns>
    private SyncWaiter? Grant()
    {
        SyncWaiter? all = null;
        SyncWaiter? last = null;
        while (_waiters.First is { } waiter && waiter.Value <= _size - _held)
        {
            _held += waiter.Value;
            _waiters.Remove(waiter);
            if (last is null)
            {
                all = waiter;
            }
            else
            {
                last.Next = waiter;
            }

            last = waiter;
        }

        Debug.Assert(_held >= 0 && _held <= _size, "More is held than there is.");
        return all;
    }
}
