using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>A mutual exclusion lock that may be held across an <see langword="await"/> (Go's <c>sync.Mutex</c>).</summary>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread. A mutex belongs to no goroutine: one may lock it and another unlock it. It is not
/// recursive: a caller that locks it again while it holds it waits for itself. It holds no resources.</para>
/// <para>It is as fair as Go's. Normally, a running goroutine may take a free lock before those that wait, which is several times
/// faster than serving them in turn. But once a waiter has waited for 1 ms, the lock is handed over to it, and then to the others
/// in order of arrival, until the waits are short again. Locking and unlocking a free mutex is one interlocked operation each and
/// allocates nothing; a wait of a goroutine allocates nothing in the long run.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed partial class GoMutex : ISyncOwner
{
    // internal/sync/mutex.go, with two differences: a lock that is handed over is never free in between, and every hold
    // has a number, its version, by which a Holder is known.
    //
    // An uncontended mutex uses only _state. It holds the version of the current hold (of the last hold if the mutex is free) and
    // these flags:
    //   Locked    held.
    //   Waiters   the queue is not empty. Changed under _core's lock only.
    //   Woken     a goroutine that was woken is about to try for the lock: an unlock need not wake another. Under _core's lock only.
    //   Starving  an unlock hands the lock to the first waiter instead of freeing it. Under _core's lock only. Implies Locked and
    //             Waiters, excludes Woken.
    //   Restored  the version is that of an earlier hold, given back to it after a wait for a condition: versions go on
    //             after _lastVersion. Implies Locked.
    // Every change is a CAS, even under _core's lock, because the fast paths of locking (free → Locked) and unlocking (Locked → free,
    // unless a goroutine has to be woken) don't take _core's lock. The CAS of an unlock pairs with that of the next lock.
    //
    // _core's lock guards its queue, _lastVersion and the phases of waiters. No waiter is lost: a waiter queues only after it has
    // seen, under _core's lock, Locked and Waiters in one state; so the unlock finds Waiters, takes _core's lock, and finds the
    // waiter. A free mutex with waiters always has Woken set. The goroutine behind Woken does one of three things: it takes the
    // lock; or it clears Woken while the mutex is locked, and queues again; or, if it was cancelled, it wakes the next waiter.
    private const long Locked = 1;
    private const long Waiters = 2;
    private const long Woken = 4;
    private const long Starving = 8;
    private const long Restored = 16;
    private const int VersionShift = 5;
    private const long VersionUnit = 1L << VersionShift;
    private const long AnyVersion = -1;

    /// <summary>sync/mutex.go: starvationThresholdNs.</summary>
    private const long StarvationNanoseconds = 1_000_000;

    private long _state;
    private SyncCore _core;
    private long _lastVersion;

    /// <summary>The goroutine that holds the mutex, while holders are tracked (<see cref="HolderTracking"/>).</summary>
    private long _holder;

    /// <summary>The version of the current hold; 0 if the mutex is free.</summary>
    internal long HeldVersion
    {
        get
        {
            long state = Volatile.Read(ref _state);
            return (state & Locked) != 0 ? VersionOf(state) : 0;
        }
    }

    private string DebuggerDisplay
    {
        get
        {
            long state = Volatile.Read(ref _state);
            return $"GoMutex {((state & Locked) != 0 ? "locked" : "free")}{((state & Waiters) != 0 ? $", {_core.Waiters.Count} wait" : "")}{((state & Starving) != 0 ? ", starving" : "")}";
        }
    }

    /// <summary>Waits until the mutex is free, and locks it.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The hold. To unlock, dispose it or call <see cref="Unlock"/>. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the caller does not
    /// hold the mutex, and the mutex is unaffected.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<Holder> LockAsync(CancellationToken cancellationToken = default)
    {
        long state = Volatile.Read(ref _state);
        long next = state + VersionUnit + Locked;
        ValueTask<Holder> locked = new(new Holder(this, VersionOf(next)));
        if (OperationHooks.Any || cancellationToken.IsCancellationRequested
            || (state & Locked) != 0 || Interlocked.CompareExchange(ref _state, next, state) != state)
        {
            if (RuntimeFeature.IsDynamicCodeCompiled)
            {
                locked = LockSlow(cancellationToken);
            }
            else
            {
                LockSlow(cancellationToken, out locked);
            }
        }

        return locked;
    }

    /// <summary>Blocks the caller until the mutex is free, and locks it.</summary>
    /// <returns>The hold. To unlock, dispose it or call <see cref="Unlock"/>.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    public Holder Lock() => !OperationHooks.Any && TryAcquire(out long version) ? new Holder(this, version) : ThreadWait.Synchronously.Wait(LockAsync());

    /// <summary>Locks the mutex if it is free.</summary>
    /// <param name="holder">The hold; the default value if the mutex was not free.</param>
    /// <returns>true if the mutex is now held by the caller; otherwise, false.</returns>
    public bool TryLock(out Holder holder)
    {
        OperationHooks.Observe("try lock", this);

        // Another caller's attempt may make the CAS fail without taking the lock: fail only if the mutex is locked.
        while ((Volatile.Read(ref _state) & Locked) == 0)
        {
            if (TryAcquire(out long version))
            {
                if (OperationHooks.Any)
                {
                    HolderTracking.Note(ref _holder);
                    RaceHooks.Acquire(this);
                }

                holder = new Holder(this, version);
                return true;
            }
        }

        holder = default;
        return false;
    }

    /// <summary>Unlocks the mutex, regardless of which caller locked it.</summary>
    /// <remarks>After this call, the <see cref="Holder"/> of the ended hold must not be disposed.</remarks>
    /// <exception cref="InvalidOperationException">The mutex is not locked.</exception>
    public void Unlock()
    {
        OperationHooks.Observe("unlock", this);

        ReleaseBySeen(AnyVersion);
    }

    /// <summary>Ends the hold with the given version.</summary>
    /// <exception cref="InvalidOperationException">The current hold does not have that version, or there is none.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Release(long version)
    {
        OperationHooks.Observe("unlock", this);

        // The state of a hold that nobody waits for follows from its version. The CAS is made with that and not with the loaded value, so it need
        // not wait for the load.
        long alone = (version << VersionShift) | Locked;
        if (Volatile.Read(ref _state) != alone || Interlocked.CompareExchange(ref _state, alone & ~Locked, alone) != alone)
        {
            ReleaseBySeen(version);
        }
    }

    /// <summary>Ends the hold with the given version, or any, by the state that it finds.</summary>
    private void ReleaseBySeen(long version)
    {
        long state = Volatile.Read(ref _state);
        bool quick = (state & (Locked | Waiters | Starving | Restored)) == Locked
            || (state & (Locked | Woken | Starving | Restored)) == (Locked | Woken);
        if (!quick || (version != AnyVersion && VersionOf(state) != version)
            || Interlocked.CompareExchange(ref _state, state & ~Locked, state) != state)
        {
            ReleaseSlow(version);
        }
    }

    ref SyncCore ISyncOwner.Core => ref _core;

    WaitableState IWaitable.Inspect()
    {
        bool held = HeldVersion != 0;
        return new WaitableState("mutex", nameof(GoMutex)) { IsHeld = held, Holders = held ? HolderTracking.Known(HolderTracking.Read(ref _holder)) : [] };
    }

    Holder ISyncOwner.HolderFor(SyncWaiter waiter) => new(this, waiter.Value);

    private static long VersionOf(long state) => state >> VersionShift;

    /// <summary>Makes one attempt. It may fail on a free mutex if another caller's attempt comes in between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAcquire(out long version)
    {
        long state = Volatile.Read(ref _state);
        long next = state + VersionUnit + Locked;
        version = VersionOf(next);
        return (state & Locked) == 0 && Interlocked.CompareExchange(ref _state, next, state) == state;
    }
}
