using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>Bounds the use of something that is taken in portions of any weight (Go's <c>golang.org/x/sync/semaphore.Weighted</c>).</summary>
/// <remarks>
/// All members may be called from any goroutine, task or thread. First come, first served: one who waits for much is not overtaken by those who want
/// little, not even by <see cref="TryAcquire(long)"/>. It holds no resources.
/// </remarks>
[DebuggerDisplay("WeightedSemaphore {_size - _held} of {_size} free, {_core.Waiters.Count} wait")]
public sealed class WeightedSemaphore : ISyncOwner
{
    // _core's lock guards everything; nothing is read without it. Invariant: 0 <= _held <= _size, and the first waiter wants more
    // than is free, which every change of _held, and every waiter that goes, re-establishes (Grant).
    //
    // A hold is known by a slot, which has its weight, and the slot's version, so that disposing it twice is found out and never
    // releases what another holds. Slots are reused: in the long run a hold allocates nothing. Who calls Release instead leaves the
    // slot behind; so once that has been done for more than was taken without a hold (_unheld), new holds get no slot
    // (_untracked), and carry only their weight, as the complement.
    private readonly long _size;
    private SyncCore _core;
    private Slot[] _slots = [];
    private int _slotCount;
    private int _freeSlot = -1;
    private long _unheld;
    private bool _untracked;
    private long _held;

    /// <summary>Creates a semaphore.</summary>
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
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The hold: <c>using (await semaphore.AcquireAsync()) { … }</c>. Dispose it to give the weight back, or call <see cref="Release"/>,
    /// not both. Await it once.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; nothing is held,
    /// and the semaphore is as if this caller had never come: what only waited behind it goes on.</exception>
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
        SyncWaiter waiter = SyncWaiter.Rent(this, WaitReason.SemaphoreAcquire); // without the lock, which an exception would leave held
        if (TryEnqueue(waiter, n))
        {
            return waiter.AsHolder(cancellationToken);
        }

        Holder late = MakeHold(n);
        _core.Exit();
        waiter.Discard();
        return new ValueTask<Holder>(late);
    }

    /// <summary>Takes a weight, blocking the caller until it is free and all who came before have theirs.</summary>
    /// <param name="n">The weight.</param>
    /// <returns>The hold. Dispose it to give the weight back, or call <see cref="Release"/>, not both.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or greater than the semaphore's size.</exception>
    public Holder Acquire(long n = 1) => ThreadWait.Synchronously.Wait(AcquireAsync(n));

    /// <summary>Takes a weight if it is free and nothing waits.</summary>
    /// <param name="holder">The hold; the default value when the weight was not free. Dispose it to give the weight back, or call
    /// <see cref="Release"/>, not both.</param>
    /// <param name="n">The weight.</param>
    /// <returns>true if the caller now holds it; otherwise, false.</returns>
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

    /// <summary>Takes a weight if it is free and nobody waits.</summary>
    /// <param name="n">The weight.</param>
    /// <returns>Whether the caller now holds it.</returns>
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

    /// <summary>Gives a weight back. Who waits goes on in the order they came, as far as what is free suffices.</summary>
    /// <param name="n">The weight, which need not be one that was taken at once.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Less is held ("semaphore: released more than held"); nothing was released.</exception>
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

    /// <summary>Gives back what a hold stands for.</summary>
    /// <exception cref="InvalidOperationException">The hold has ended already.</exception>
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

    /// <summary>Queues the caller, unless the weight has come free.</summary>
    /// <returns>false if the weight was taken instead; the lock is held then.</returns>
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

    /// <summary>A hold for a weight that was just taken. With the lock.</summary>
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

    /// <summary>More slots. Where there is no memory for them a hold goes without: the lock is held, and must not stay so.</summary>
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
        return true;
    }

    /// <summary>Takes the weight for those at the front of the queue that it suffices for. With the lock.</summary>
    /// <returns>Those that are to be completed after unlocking.</returns>
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

    /// <summary>What a hold that may still be disposed of stands for.</summary>
    private struct Slot
    {
        /// <summary>0: the slot is free.</summary>
        internal long Weight;
        internal int Version;

        /// <summary>The next free slot; −1: none.</summary>
        internal int Next;
    }
}
