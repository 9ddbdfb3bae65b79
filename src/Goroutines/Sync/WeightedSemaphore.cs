using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>Bounds the use of a resource that is taken in portions of any weight (Go's <c>golang.org/x/sync/semaphore.Weighted</c>).</summary>
/// <remarks>
/// All members may be called from any goroutine, task or thread. Callers are served in order of arrival: one that waits for a large weight is not
/// overtaken by callers that want a small one, not even by <see cref="TryAcquire(long)"/>. It holds no resources.
/// </remarks>
[DebuggerDisplay("WeightedSemaphore {_size - _held} of {_size} free, {_core.Waiters.Count} wait")]
public sealed class WeightedSemaphore : ISyncOwner
{
    // _core's lock guards everything; nothing is read without it. Invariant: 0 <= _held <= _size, and the first waiter wants more
    // than is free. Grant re-establishes this after every change of _held and after every waiter that leaves.
    //
    // A hold is identified by a slot, which has its weight, and by the slot's version. Disposing a hold twice is therefore detected,
    // and never releases the hold of another caller. Slots are reused: in the long run a hold allocates nothing. A caller that calls
    // Release instead of disposing leaves its slot behind. Once callers have released more in this way than was taken without a hold
    // (_unheld), new holds get no slot (_untracked), and carry only their weight, as the complement.
    private readonly long _size;
    private SyncCore _core;
    private Slot[] _slots = [];
    private int _slotCount;
    private int _freeSlot = -1;
    private long _unheld;
    private bool _untracked;
    private long _held;

    /// <summary>Creates a semaphore.</summary>
    /// <param name="size">The total weight that can be held.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is less than 1.</exception>
    public WeightedSemaphore(long size)
    {
        if (size < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "A semaphore's size must be at least 1.");
        }

        _size = size;
    }

    /// <summary>Gets the total weight that can be held.</summary>
    public long Size => _size;

    /// <summary>Waits until a weight is free and all earlier callers have been served, and takes the weight.</summary>
    /// <param name="n">The weight; 0 waits only for the earlier callers.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The hold: <c>using (await semaphore.AcquireAsync()) { … }</c>. Dispose it to give the weight back, or call <see cref="Release"/>,
    /// not both. Await it once.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; nothing is held,
    /// and callers that waited only behind this caller continue.</exception>
    public ValueTask<Holder> AcquireAsync(long n = 1, CancellationToken cancellationToken = default)
    {
        CheckAcquired(n);
        if (OperationHooks.BeforeOperation("acquire", this))
        {
            return OperationHooks.Defer(this, (n, cancellationToken), static (semaphore, arguments) => semaphore.AcquireAsync(arguments.n, arguments.cancellationToken));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Holder>(cancellationToken);
        }

        _core.Enter();
        if (TryAcquireLocked(n))
        {
            Holder holder = MakeHold(n);
            _core.Exit();
            return new ValueTask<Holder>(holder);
        }

        _core.Exit();
        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.SemaphoreAcquire); // outside the lock: an exception would leave the lock held
        if (TryEnqueue(waiter, n))
        {
            return waiter.AsHolder(cancellationToken);
        }

        Holder late = MakeHold(n);
        _core.Exit();
        waiter.Discard();
        return new ValueTask<Holder>(late);
    }

    /// <summary>Blocks the caller until a weight is free and all earlier callers have been served, and takes the weight.</summary>
    /// <param name="n">The weight.</param>
    /// <returns>The hold. To release the weight, dispose the hold or call <see cref="Release"/>, not both.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    public Holder Acquire(long n = 1) => ThreadWait.Synchronously.Wait(AcquireAsync(n));

    /// <summary>Takes a weight if it is free and no caller waits.</summary>
    /// <param name="holder">The hold; the default value if the weight was not free. To release the weight, dispose the hold or call
    /// <see cref="Release"/>, not both.</param>
    /// <param name="n">The weight.</param>
    /// <returns>true if the caller now holds the weight; otherwise, false.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    public bool TryAcquire(out Holder holder, long n = 1)
    {
        CheckAcquired(n);
        OperationHooks.Observe("try acquire", this);

        _core.Enter();
        bool acquired = TryAcquireLocked(n);
        holder = acquired ? MakeHold(n) : default;
        _core.Exit();
        return acquired;
    }

    /// <summary>Takes a weight if it is free and no caller waits.</summary>
    /// <param name="n">The weight.</param>
    /// <returns>true if the caller now holds the weight; otherwise, false.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    public bool TryAcquire(long n = 1)
    {
        CheckAcquired(n);
        OperationHooks.Observe("try acquire", this);

        _core.Enter();
        bool acquired = TryAcquireLocked(n);
        _unheld += acquired ? n : 0;
        _core.Exit();
        return acquired;
    }

    /// <summary>Releases a weight. Waiters continue in order of arrival, as far as the free weight suffices.</summary>
    /// <param name="n">The weight. It need not be a weight that one call acquired.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Less than that is held ("semaphore: released more than held"); nothing was released.</exception>
    public void Release(long n = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        OperationHooks.Observe("release", this);

        _core.Enter();
        if (n > _held)
        {
            _core.Exit();
            throw new InvalidOperationException("semaphore: released more than held");
        }

        _untracked |= n > _unheld;
        _unheld -= Math.Min(n, _unheld);
        _held -= n;
        WakeList<SyncWaiter> goOn = Grant();
        _core.Exit();
        goOn.CompleteAll();
    }

    /// <summary>Releases the weight of a hold.</summary>
    /// <exception cref="InvalidOperationException">The hold has already ended.</exception>
    internal void ReleaseHold(long hold)
    {
        if (hold < 0)
        {
            Release(~hold);
            return;
        }

        OperationHooks.Observe("release", this);

        _core.Enter();
        ref Slot slot = ref _slots[(int)hold];
        if (slot.Version != (int)(hold >> 32) || slot.Weight == 0 || slot.Weight > _held)
        {
            _core.Exit();
            throw new InvalidOperationException("semaphore: this hold was released before");
        }

        _held -= slot.Weight;
        slot.Weight = 0;
        slot.Next = _freeSlot;
        _freeSlot = (int)hold;
        WakeList<SyncWaiter> goOn = Grant();
        _core.Exit();
        goOn.CompleteAll();
    }

    Holder ISyncOwner.HolderFor(SyncWaiter waiter)
    {
        _core.Enter();
        Holder holder = MakeHold(waiter.Value);
        _core.Exit();
        return holder;
    }

    /// <summary>Takes a weight of 1 without a hold, for a group that releases by itself.</summary>
    internal ValueTask EnterAsync(WaitReason reason, CancellationToken cancellationToken)
    {
        if (OperationHooks.BeforeOperation("acquire", this))
        {
            return OperationHooks.Defer(this, (reason, cancellationToken), static (semaphore, arguments) => semaphore.EnterAsync(arguments.reason, arguments.cancellationToken));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        _core.Enter();
        if (TryAcquireLocked(1))
        {
            _core.Exit();
            return default;
        }

        _core.Exit();
        SyncWaiter waiter = SyncWaiter.Rent(this, reason);
        if (TryEnqueue(waiter, 1))
        {
            return waiter.AsTask(cancellationToken);
        }

        _core.Exit();
        waiter.Discard();
        return default;
    }

    ref SyncCore ISyncOwner.Core => ref _core;

    WaitableState IWaitable.Inspect() => new("semaphore", nameof(WeightedSemaphore)) { Count = Volatile.Read(ref _held), Capacity = _size };

    void ISyncOwner.TakenBack(ref WakeList<SyncWaiter> goOn) => goOn = Grant();

    void ISyncOwner.GiveBack(SyncWaiter waiter) => Release(waiter.Value);

    /// <summary>Queues the caller, unless the weight has become free.</summary>
    /// <returns>true if the caller was queued; false if it took the weight instead. In that case, the lock is still held.</returns>
    private bool TryEnqueue(SyncWaiter waiter, long n)
    {
        waiter.Value = n;
        _core.Enter();
        if (TryAcquireLocked(n))
        {
            return false;
        }

        _core.Waiters.Enqueue(waiter);
        _core.Exit();
        return true;
    }

    /// <summary>Creates a hold for a weight that was just taken. Call with the lock held.</summary>
    private Holder MakeHold(long n)
    {
        if (_untracked || n == 0)
        {
            return new Holder(this, ~n);
        }

        int index = _freeSlot;
        if (index >= 0)
        {
            _freeSlot = _slots[index].Next;
        }
        else
        {
            index = _slotCount;
            if (index == _slots.Length && !TryGrow())
            {
                return new Holder(this, ~n);
            }

            _slotCount++;
        }

        ref Slot slot = ref _slots[index];
        slot.Weight = n;
        slot.Version = (slot.Version + 1) & int.MaxValue;
        return new Holder(this, ((long)slot.Version << 32) | (uint)index);
    }

    /// <summary>Adds slots. If memory for them runs out, the hold gets no slot: an exception here would leave the lock held.</summary>
    private bool TryGrow()
    {
        try
        {
            Array.Resize(ref _slots, Math.Max(4, _slots.Length * 2));
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
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
        if (n > _size - _held || !_core.Waiters.IsEmpty)
        {
            return false;
        }

        _held += n;
        RaceHooks.Acquire(this);
        return true;
    }

    /// <summary>Grants the free weight to the waiters at the front of the queue, as far as it suffices. Call with the lock held.</summary>
    /// <returns>The waiters to complete after unlocking.</returns>
    private WakeList<SyncWaiter> Grant()
    {
        WakeList<SyncWaiter> goOn = default;
        while (_core.Waiters.First is { } waiter && waiter.Value <= _size - _held)
        {
            _held += waiter.Value;
            _core.Waiters.Remove(waiter);
            goOn.Add(waiter);
        }

        Debug.Assert(_held >= 0 && _held <= _size, "More is held than there is.");
        return goOn;
    }

    /// <summary>The state of a hold that may still be disposed.</summary>
    private struct Slot
    {
        /// <summary>The weight of the hold; 0 if the slot is free.</summary>
        internal long Weight;
        internal int Version;

        /// <summary>The next free slot; −1 if there is none.</summary>
        internal int Next;
    }
}
