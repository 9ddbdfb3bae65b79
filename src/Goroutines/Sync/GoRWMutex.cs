using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>A lock held by one writer or by any number of readers, also across an <see langword="await"/> (Go's <c>sync.RWMutex</c>).</summary>
/// <remarks>
/// <para>Safe from any goroutine, task or thread; it belongs to none of them. It holds no resources.</para>
/// <para>A waiting writer stops new readers, so that readers can't keep it out for ever; when a writer unlocks, the readers
/// that wait at that moment come before the next writer, so that writers can't keep readers out either. Writers take turns
/// in the order they came. Because of the first rule a reader must not lock for reading again while it
/// holds a read lock: if a writer comes in between, both wait for each other for ever. Nor can a read lock be turned
/// into a write lock. Both as in Go.</para>
/// <para>Locking and unlocking without a wait is one interlocked operation each; one more for a reader beside others.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed partial class GoRWMutex : ISyncOwner
{
    // _state is all there is without contention; every change is a CAS:
    //   Writer    held by a writer.
    //   Waiting   one of the queues is not empty. Set and cleared under _core's lock only.
    //   First     the reader that found the lock free still holds it. Its Holder is known by the version, as a writer's is; those of the
    //             readers that come beside it each have a pooled object (ReadHold). Implies readers.
    //   readers   how many readers hold the lock, the first included; excludes Writer.
    //   version   of the last hold by a writer or a first reader, 32 bits, by which its Holder is known. A stale Holder is taken for
    //             another only if it is disposed again after exactly 4,294,967,296 further locks.
    // _core's lock guards the queues and whatever is done while Waiting is set, except that readers that are not the last just
    // count themselves off. Waiting implies Writer or readers: the caller that ends the last hold passes the lock on, to all
    // readers that wait if a writer unlocks, else to a writer. Readers wait only while a writer holds the lock or waits. So a
    // reader needs Writer and Waiting clear, a writer everything.
    // The CAS that ends a hold pairs with the one that begins the next; a lock that is passed on is published by
    // SyncWaiter.Complete.
    private const long Writer = 1;
    private const long Waiting = 2;
    private const long First = 4;
    private const int ReadersShift = 3;
    private const long ReaderUnit = 1L << ReadersShift;
    private const long ReadersMask = ((1L << 29) - 1) << ReadersShift;
    private const int VersionShift = 32;
    private const long VersionUnit = 1L << VersionShift;

    /// <summary>In a Holder: the version is that of a first reader. Above all bits of a version.</summary>
    private const long OfFirstReader = 1L << 32;

    private long _state;
    private SyncCore _core;
    private WaitList<SyncWaiter> _readers;

    /// <summary>Who holds it, while that is tracked (<see cref="HolderTracking"/>); made when the first hold is noted.</summary>
    private ReadHolders? _holders;

    private string DebuggerDisplay
    {
        get
        {
            long state = Volatile.Read(ref _state);
            string held = (state & Writer) != 0 ? "written" : ReadersOf(state) != 0 ? $"read by {ReadersOf(state)}" : "free";
            return $"GoRWMutex {held}{((state & Waiting) != 0 ? $", {_core.Waiters.Count} writers and {_readers.Count} readers wait" : "")}";
        }
    }

    /// <summary>Locks for writing, waiting until no one else holds the lock.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The hold; dispose it to unlock. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the lock is not
    /// held, and is as if this caller had never come: readers that only waited behind it go on.</exception>
    public ValueTask<Holder> LockAsync(CancellationToken cancellationToken = default)
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

    /// <summary>Locks for reading, waiting until no writer holds the lock or waits for it.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The hold; dispose it to unlock. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the lock is not
    /// held, and is as if this caller had never come.</exception>
    public ValueTask<Holder> ReadLockAsync(CancellationToken cancellationToken = default)
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

    /// <summary>Locks for writing, blocking the caller until no one else holds the lock.</summary>
    /// <returns>The hold; dispose it to unlock.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    public Holder Lock() => ThreadWait.Synchronously.Wait(LockAsync());

    /// <summary>Locks for reading, blocking the caller until no writer holds the lock or waits for it.</summary>
    /// <returns>The hold; dispose it to unlock.</returns>
    /// <inheritdoc cref="Lock" path="/remarks"/>
    public Holder ReadLock() => ThreadWait.Synchronously.Wait(ReadLockAsync());

    /// <summary>Locks for writing if no one holds the lock.</summary>
    /// <param name="holder">The hold; the default value when the lock was not free.</param>
    /// <returns>Whether the caller now holds the lock.</returns>
    public bool TryLock(out Holder holder)
    {
        OperationHooks.Observe("try lock", this);

        bool locked = TryWriteNoted(out long version);
        holder = locked ? new Holder(this, version) : default;
        return locked;
    }

    /// <summary>Locks for reading if no writer holds the lock or waits for it.</summary>
    /// <param name="holder">The hold; the default value when a writer was in the way.</param>
    /// <returns>Whether the caller now holds the lock.</returns>
    public bool TryReadLock(out Holder holder)
    {
        OperationHooks.Observe("try read lock", this);

        return TryRead(out holder);
    }

    /// <summary>Ends the hold of a writer, or of a first reader.</summary>
    /// <param name="hold">What its holder knows it by.</param>
    /// <exception cref="InvalidOperationException">There is no such hold now.</exception>
    internal void Release(long hold)
    {
        if ((hold & OfFirstReader) != 0)
        {
            ReleaseFirstRead(hold - OfFirstReader);
        }
        else
        {
            ReleaseWrite(hold);
        }
    }

    private void ReleaseFirstRead(long version)
    {
        OperationHooks.Observe("read unlock", this);

        while (true)
        {
            long state = Volatile.Read(ref _state);
            if ((state & First) == 0 || VersionOf(state) != version)
            {
                throw new InvalidOperationException("RUnlock of unlocked RWMutex: this holder was disposed before.");
            }

            // The last one has to see to those that wait; as soon as its hold is over, it is a reader like any other.
            bool passes = ReadersOf(state) == 1 && (state & Waiting) != 0;
            if (Interlocked.CompareExchange(ref _state, (state & ~First) - (passes ? 0 : ReaderUnit), state) == state)
            {
                if (passes)
                {
                    ReleaseLastRead();
                }

                return;
            }
        }
    }

    /// <summary>Ends a writer's hold.</summary>
    /// <exception cref="InvalidOperationException">There is no such hold now.</exception>
    private void ReleaseWrite(long version)
    {
        OperationHooks.Observe("unlock", this);

        long state = Volatile.Read(ref _state);
        if ((state & Writer) == 0 || VersionOf(state) != version)
        {
            throw NotHeld();
        }

        if ((state & Waiting) != 0 || Interlocked.CompareExchange(ref _state, state & ~Writer, state) != state)
        {
            ReleaseWriteSlow(version);
        }
    }

    /// <summary>Ends a reader's hold, which exists.</summary>
    internal void ReleaseRead()
    {
        OperationHooks.Observe("read unlock", this);

        while (true)
        {
            long state = Volatile.Read(ref _state);
            Debug.Assert(ReadersOf(state) > 0 && (state & Writer) == 0, "A read lock was released that nobody holds.");
            if (ReadersOf(state) == 1 && (state & Waiting) != 0)
            {
                ReleaseLastRead();
                return;
            }

            if (Interlocked.CompareExchange(ref _state, state - ReaderUnit, state) == state)
            {
                return;
            }
        }
    }

    ref SyncCore ISyncOwner.Core => ref _core;

    WaitableState IWaitable.Inspect()
    {
        long state = Volatile.Read(ref _state);
        ReadHolders? holders = Volatile.Read(ref _holders);
        return new WaitableState("rwmutex", nameof(GoRWMutex))
        {
            IsHeld = (state & (Writer | ReadersMask)) != 0,
            Count = ReadersOf(state),
            Holders = (state & Writer) != 0 ? holders?.Writers() ?? [] : ReadersOf(state) != 0 ? holders?.Readers() ?? [] : [],
        };
    }

    Holder ISyncOwner.HolderFor(SyncWaiter waiter)
        => waiter.Reason == WaitReason.RWMutexLock ? new Holder(this, waiter.Value) : ReadHold.Make(this);

    private static InvalidOperationException NotHeld()
        => new("Unlock of unlocked RWMutex: this holder was disposed before.");

    private static long VersionOf(long state) => state >>> VersionShift;

    private static int ReadersOf(long state) => (int)((state & ReadersMask) >> ReadersShift);

    /// <summary>The state in which a writer holds the lock, from one in which nobody does.</summary>
    private static long Written(long state) => state + VersionUnit + Writer;

    private ReadHolders Holders => Volatile.Read(ref _holders) ?? Interlocked.CompareExchange(ref _holders, new ReadHolders(), null) ?? _holders!;

    private bool TryWriteNoted(out long version)
    {
        if (!TryWrite(out version))
        {
            return false;
        }

        if (OperationHooks.Any)
        {
            NoteWriter(M.Current?.CurrentG);
        }

        return true;
    }

    /// <summary>Goroutine <paramref name="g"/> has got the lock for writing. Behind <see cref="OperationHooks.Any"/>.</summary>
    private void NoteWriter(G? g)
    {
        if (HolderTracking.IsOn)
        {
            Holders.NoteWriter(g);
        }
    }

    /// <summary>A read hold is made for the calling goroutine. Behind <see cref="OperationHooks.Any"/>.</summary>
    /// <returns>What <see cref="ForgetReader"/> takes when it ends; 0 if nothing was noted.</returns>
    internal long NoteReader()
    {
        long word = HolderTracking.IsOn ? HolderTracking.WordOf(M.Current?.CurrentG) : 0;
        if (word != 0)
        {
            Holders.AddReader(word);
        }

        return word;
    }

    internal void ForgetReader(long word) => _holders?.RemoveReader(word);

    private bool TryWrite(out long version)
    {
        while (true)
        {
            long state = Volatile.Read(ref _state);
            long next = Written(state);
            version = VersionOf(next);
            if ((state & (Writer | Waiting | ReadersMask)) != 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, next, state) == state)
            {
                return true;
            }
        }
    }

    private bool TryRead(out Holder holder)
    {
        while (true)
        {
            long state = Volatile.Read(ref _state);
            if ((state & (Writer | Waiting)) != 0)
            {
                holder = default;
                return false;
            }

            if ((state & ReadersMask) == 0 && !(OperationHooks.Any && HolderTracking.IsOn))
            {
                long next = state + VersionUnit + First + ReaderUnit;
                if (Interlocked.CompareExchange(ref _state, next, state) == state)
                {
                    holder = new Holder(this, VersionOf(next) | OfFirstReader);
                    return true;
                }
            }
            else if ((state & ReadersMask) == ReadersMask)
            {
                throw new InvalidOperationException("Too many readers hold the RWMutex.");
            }
            else if (Interlocked.CompareExchange(ref _state, state + ReaderUnit, state) == state)
            {
                holder = ReadHold.Make(this);
                return true;
            }
        }
    }
}
