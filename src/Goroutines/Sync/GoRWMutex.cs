using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>A lock held by one writer or by any number of readers. It may be held across an <see langword="await"/> (Go's <c>sync.RWMutex</c>).</summary>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread; the lock belongs to none of them. It holds no resources.</para>
/// <para>A waiting writer holds back new readers, so that readers cannot starve it. When a writer unlocks, the readers that wait
/// at that moment come before the next writer, so that writers cannot starve readers either. Writers get the lock in order of
/// arrival. Because of the first rule, a reader must not lock for reading again while it holds a read lock: if a writer comes in
/// between, the two wait for each other forever. A read lock cannot be upgraded to a write lock. Both limits are as in Go.</para>
/// <para>Locking and unlocking without a wait is one interlocked operation each, plus one for a reader beside other readers.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed partial class GoRWMutex : ISyncOwner
{
    // Without contention, the lock uses only _state. Every change of _state is a CAS. It holds:
    //   Writer    held by a writer.
    //   Waiting   one of the queues is not empty. Set and cleared under _core's lock only.
    //   First     the reader that found the lock free still holds it. Its Holder is identified by the version, as a writer's is; the
    //             Holder of each further reader has a pooled object (ReadHold). Implies readers.
    //   readers   how many readers hold the lock, the first included; excludes Writer.
    //   version   of the last hold by a writer or a first reader, 32 bits; it identifies the hold's Holder. A stale Holder is mistaken
    //             for another only if it is disposed again after exactly 4,294,967,296 further locks.
    // _core's lock guards the queues and every change while Waiting is set, except that a reader that is not the last just counts
    // itself off. Waiting implies Writer or readers: the caller that ends the last hold passes the lock on, to all waiting readers
    // if a writer unlocks, otherwise to a writer. Readers wait only while a writer holds the lock or waits for it. A reader may
    // therefore lock if Writer and Waiting are clear; a writer may lock only if everything is clear.
    // The CAS that ends a hold pairs with the CAS that begins the next one; SyncWaiter.Complete publishes a lock that is passed
    // on.
    private const long Writer = 1;
    private const long Waiting = 2;
    private const long First = 4;
    private const int ReadersShift = 3;
    private const long ReaderUnit = 1L << ReadersShift;
    private const long ReadersMask = ((1L << 29) - 1) << ReadersShift;
    private const int VersionShift = 32;
    private const long VersionUnit = 1L << VersionShift;

    /// <summary>In a Holder, marks the version as that of a first reader. The bit is above all bits of a version.</summary>
    private const long OfFirstReader = 1L << 32;

    private long _state;
    private SyncCore _core;
    private WaitList<SyncWaiter> _readers;

    /// <summary>The holders of the lock, while holders are tracked (<see cref="HolderTracking"/>); created when the first hold is noted.</summary>
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

    /// <summary>Waits until the lock is free, and locks it for writing.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The hold. Dispose it to unlock. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the caller does not
    /// hold the lock, and readers that waited only behind this caller continue.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<Holder> LockAsync(CancellationToken cancellationToken = default)
    {
        long state = Volatile.Read(ref _state);
        long next = Written(state);
        ValueTask<Holder> locked = new(new Holder(this, VersionOf(next)));
        if (OperationHooks.Any || cancellationToken.IsCancellationRequested
            || (state & (Writer | Waiting | ReadersMask)) != 0 || Interlocked.CompareExchange(ref _state, next, state) != state)
        {
            if (RuntimeFeature.IsDynamicCodeCompiled)
            {
                locked = LockBesideOthers(cancellationToken);
            }
            else
            {
                LockBesideOthers(cancellationToken, out locked);
            }
        }

        return locked;
    }

    /// <summary>Waits until no writer holds the lock or waits for it, and locks it for reading.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The hold. Dispose it to unlock. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the lock is not
    /// held, and is as if this caller had never come.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<Holder> ReadLockAsync(CancellationToken cancellationToken = default)
    {
        long state = Volatile.Read(ref _state);
        long next = ReadFirst(state);
        ValueTask<Holder> locked = new(new Holder(this, VersionOf(next) | OfFirstReader));
        if (OperationHooks.Any || cancellationToken.IsCancellationRequested
            || (state & (Writer | Waiting | ReadersMask)) != 0 || Interlocked.CompareExchange(ref _state, next, state) != state)
        {
            if (RuntimeFeature.IsDynamicCodeCompiled)
            {
                locked = ReadLockBesideOthers(cancellationToken);
            }
            else
            {
                ReadLockBesideOthers(cancellationToken, out locked);
            }
        }

        return locked;
    }

    /// <summary>Blocks the caller until the lock is free, and locks it for writing.</summary>
    /// <returns>The hold. Dispose it to unlock.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    public Holder Lock() => ThreadWait.Synchronously.Wait(LockAsync());

    /// <summary>Blocks the caller until no writer holds the lock or waits for it, and locks it for reading.</summary>
    /// <returns>The hold. Dispose it to unlock.</returns>
    /// <inheritdoc cref="Lock" path="/remarks"/>
    public Holder ReadLock() => ThreadWait.Synchronously.Wait(ReadLockAsync());

    /// <summary>Locks for writing if the lock is free.</summary>
    /// <param name="holder">The hold; the default value if the lock was not free.</param>
    /// <returns>true if the caller now holds the lock; otherwise, false.</returns>
    public bool TryLock(out Holder holder)
    {
        OperationHooks.Observe("try lock", this);

        bool locked = TryWriteNoted(out long version);
        holder = locked ? new Holder(this, version) : default;
        return locked;
    }

    /// <summary>Locks for reading if no writer holds the lock or waits for it.</summary>
    /// <param name="holder">The hold; the default value if a writer held the lock or waited for it.</param>
    /// <returns>true if the caller now holds the lock; otherwise, false.</returns>
    public bool TryReadLock(out Holder holder)
    {
        OperationHooks.Observe("try read lock", this);

        return TryRead(out holder);
    }

    /// <summary>Ends the hold of a writer, or of a first reader.</summary>
    /// <param name="hold">The number by which its Holder identifies the hold.</param>
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

        // As in GoMutex.Release: the state follows from the version while there is one reader and nobody waits.
        long alone = (version << VersionShift) | First | ReaderUnit;
        if (Volatile.Read(ref _state) == alone && Interlocked.CompareExchange(ref _state, version << VersionShift, alone) == alone)
        {
            return;
        }

        while (true)
        {
            long state = Volatile.Read(ref _state);
            if ((state & First) == 0 || VersionOf(state) != version)
            {
                throw new InvalidOperationException("RUnlock of unlocked RWMutex: this holder was disposed before.");
            }

            // The last reader has to pass the lock on to the waiters. As soon as its hold has ended, it is treated as any other reader.
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

        // As in GoMutex.Release. A writer for which others wait passes the lock on.
        long alone = (version << VersionShift) | Writer;
        if (Volatile.Read(ref _state) != alone || Interlocked.CompareExchange(ref _state, alone & ~Writer, alone) != alone)
        {
            ReleaseWriteSlow(version);
        }
    }

    /// <summary>Ends the hold of a reader. The hold must exist.</summary>
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
            Holders = (state & Writer) != 0 ? holders?.Writers() ?? [] : ReadersOf(state) != 0 ? holders?.Readers((state & First) != 0) ?? [] : [],
        };
    }

    Holder ISyncOwner.HolderFor(SyncWaiter waiter)
        => waiter.Reason == WaitReason.RWMutexLock ? new Holder(this, waiter.Value) : ReadHold.Make(this);

    private static InvalidOperationException NotHeld()
        => new("Unlock of unlocked RWMutex: this holder was disposed before.");

    private static long VersionOf(long state) => state >>> VersionShift;

    private static int ReadersOf(long state) => (int)((state & ReadersMask) >> ReadersShift);

    /// <summary>Returns the state in which a writer holds the lock, given a state in which it is free.</summary>
    private static long Written(long state) => state + VersionUnit + Writer;

    /// <summary>Returns the state in which a first reader holds the lock, given a state in which it is free.</summary>
    private static long ReadFirst(long state) => state + VersionUnit + First + ReaderUnit;

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
            AcquireAsWriter();
        }

        return true;
    }

    /// <summary>Notes that goroutine <paramref name="g"/> holds the lock for writing. Called only if <see cref="OperationHooks.Any"/>.</summary>
    private void NoteWriter(G? g)
    {
        if (HolderTracking.IsOn)
        {
            Holders.NoteWriter(g);
        }
    }

    /// <summary>A writer comes after all writers and readers before it.</summary>
    private void AcquireAsWriter()
    {
        RaceHooks.Acquire(this);
        RaceHooks.Acquire(this, RacePart.Readers);
    }

    /// <summary>Notes a read hold of the calling goroutine. Called only if <see cref="OperationHooks.Any"/>.</summary>
    /// <returns>The argument for <see cref="ForgetReader"/> when the hold ends; 0 if nothing was noted.</returns>
    internal long NoteReader()
    {
        RaceHooks.Acquire(this);
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

            if ((state & ReadersMask) == 0 && !RaceHooks.IsOn)
            {
                long next = ReadFirst(state);
                if (Interlocked.CompareExchange(ref _state, next, state) == state)
                {
                    if (OperationHooks.TracksHolders)
                    {
                        Holders.NoteFirstReader(M.Current?.CurrentG);
                    }

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
