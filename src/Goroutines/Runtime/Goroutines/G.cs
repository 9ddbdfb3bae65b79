using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>A goroutine (runtime/runtime2.go: <c>g</c>): an identity, a status, and the place to continue from.</summary>
/// <remarks>
/// <para>
/// <b>The saved place</b> (Go's <c>gobuf</c>) is the continuation slot. It holds a callback and its state, as the
/// compiler's state machine provides them, and the operation whose completion makes them runnable. Only the goroutine's
/// own thread fills the slot and only the worker that runs the goroutine empties it, so it needs no interlocked
/// operation. Everything else that wants to run on the goroutine (continuations of foreign tasks, further operations
/// begun at the same time) goes through the inbox.
/// </para>
/// <para>
/// <b>Turns.</b> The thread that moves the status from Waiting to Runnable puts the goroutine into a run queue, exactly once. So
/// at most one worker runs it at a time, and its continuations never run in parallel. A turn ends in <see cref="Commit"/>:
/// status = Waiting with a full fence, then one more look at the parked operation and the inbox. A waker stores its news
/// (completion, inbox entry), and then has the full fence of its CAS on the status. So one of the two sees the other; if both
/// do, the CAS decides which one continues.
/// </para>
/// <para>
/// The goroutine is a <see cref="SynchronizationContext"/>, which is current while its body runs. Awaits of foreign
/// tasks come back through <see cref="Post"/>. Managed waits are reported to <see cref="Wait"/>, which gives the P away
/// meanwhile.
/// </para>
/// </remarks>
internal abstract partial class G : SynchronizationContext
{
    private int _status;
    private int _registrySlot = -1;
    private Action<object?>? _continuation;
    private object? _continuationState;
    private WaitSource? _parkedOn;
    private Task? _body;
    private InboxItem? _inbox;

    /// <summary>Who owns the slot: see <see cref="SlotOwn"/>, <see cref="SlotFree"/>, <see cref="SlotLocked"/>.</summary>
    private byte _slotKind;
    private WaitReason _reason;
    private Flags _flags;
    private volatile Life _life;

    /// <summary>The version of its last yield: odd until that yield has been awaited to its end.</summary>
    private short _yieldVersion;

    /// <summary>When it last parked, by the scheduler's coarse clock, in nanoseconds.</summary>
    private long _parkedAt;

    internal readonly Scheduler Scheduler;
    internal readonly long Id;
    private readonly CreationSite? _created;

    /// <summary>Link of the global run queue, owned by that queue's lock.</summary>
    internal G? QueueNext;

    /// <summary>Whether the body is synchronous and has a thread of its own.</summary>
    internal bool IsStackful => this is ThreadG;

    private protected G(Scheduler scheduler, long id, string? file, int line)
    {
        Scheduler = scheduler;
        Id = id;
        _created = CreationSite.Of(file, line);
        SetWaitNotificationRequired();

        _continuationState = CaptureContext();
        _status = (int)GStatus.Runnable;
        if (SpawnNotes.IsOn)
        {
            SpawnNotes.Take(this);
        }
    }

    /// <summary>The file of the statement that created it; null if that is not known.</summary>
    internal string? CreatedFile => _created?.File;

    internal int CreatedLine => _created?.Line ?? 0;

    internal GStatus Status => (GStatus)(Volatile.Read(ref _status) & ~SideTurns.Queued);

    /// <summary>The user's delegate, which names the goroutine in dumps.</summary>
    internal abstract Delegate Body { get; }

    internal bool HasEnded => (_life & Life.Ended) != 0;

    // For reports: each is a reading, at one moment, of what the goroutine's own thread writes.
    internal object? ContinuationState => _continuationState;

    internal WaitSource? ParkedOn => _parkedOn;

    internal Task? BodyTask => _body;

    internal bool HasPosted => _inbox is not null;

    /// <summary>Why it is parked. If its thread blocked for a moment inside the library on the way to the park, the field still holds that
    /// reason; it no longer applies and is ignored.</summary>
    internal WaitReason Reason => _reason == WaitReason.Blocking && _parkedOn is { } parkedOn && Status == GStatus.Waiting ? parkedOn.Reason : _reason;

    internal long ParkedAt => _parkedAt;

    /// <summary>A new goroutine looks like a parked one whose continuation is its body.</summary>
    private protected void BeginWith(Action<object?> start) => _continuation = start;

    private protected void SetBodyTask(Task body) => _body = body;

    /// <summary>Makes a resting goroutine runnable. Completers and posters call it after they have stored their news.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Ready()
    {
        if (TryReady())
        {
            Scheduler.Enqueue(this);
        }
    }

    /// <summary>Like <see cref="Ready"/>, but leaves the queueing to the caller, which readies many goroutines at once.</summary>
    /// <returns>Whether the caller has to queue the goroutine.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReady()
    {
        int old = Interlocked.CompareExchange(ref _status, (int)GStatus.Runnable, (int)GStatus.Waiting);
        return old == (int)GStatus.Waiting || (old >= (int)GStatus.Dead && TryReadyResting(old));
    }

    /// <summary>Readies a goroutine that rests without waiting: its body has ended, or blocks its thread.</summary>
    private bool TryReadyResting(int old)
    {
        while (IsResting(old))
        {
            int seen = Interlocked.CompareExchange(ref _status, (int)GStatus.Runnable, old);
            if (seen == old)
            {
                return true;
            }

            old = seen;
        }

        return false;
    }

    /// <summary>Makes the turn end at the next park with the goroutine at the back of the queue instead of waiting. Own thread only.</summary>
    internal void GiveWay() => _flags |= Flags.GivesWay;

    /// <summary>Runs one turn on worker <paramref name="m"/>, which holds a P. On return, the goroutine may belong to another thread.</summary>
    internal void RunTurn(M m)
    {
        Debug.Assert(Status == GStatus.Runnable || _binding is SideTurns, "A goroutine was run that is not runnable.");
        _status = (int)GStatus.Running;
        ProcTrace? trace = m.P!.Trace;
        trace?.TurnBegin(this);
        do
        {
            m.NoteCommits(false);
            SetSynchronizationContext(this);
            try
            {
                RunReady(m);
            }
            catch (Exception exception)
            {
                // Continuations of the compiler's state machines never throw; a hand-written awaiter's may.
                Scheduler.Panics.Panic(this, exception);
            }

            if (m.IsInBlockingRegion)
            {
                m.ExitBlocking(); // the body left a blocking region open
            }

            // What a body changed outside an async method must not reach the next goroutine on this thread.
            if (!ReferenceEquals(ExecutionContext.Capture(), Scheduler.DefaultContext))
            {
                RestoreContext();
            }
        }
        while (!(trace is null ? EndTurn(m) : EndTracedTurn(m)));

        if (m.HasAside)
        {
            m.RunAside(this);
        }
    }

    /// <summary>Runs what is ready: the posted callbacks, and the continuation slot.</summary>
    private void RunReady(M m)
    {
        bool posted = _inbox is not null;
        if (posted)
        {
            OpenInbox(m);
            if (m.HasAside)
            {
                WaitForAside(m);
                return;
            }
        }

        // Read the kind first: an own slot stays one, a free one may be emptied at any moment.
        if (Volatile.Read(ref _slotKind) != SlotOwn)
        {
            RunFreeSlot(m);
        }
        else if (_continuation is { } continuation && (_parkedOn is null || _parkedOn.IsOver))
        {
            object? state = _continuationState;
            _continuation = null;
            _continuationState = null;
            _parkedOn = null;
            continuation(state);
        }

        if (posted)
        {
            if (m.HasAside)
            {
                WaitForAside(m);
                return;
            }

            RunInbox(m);
        }
    }

    /// <summary>
    /// Leaves what else is ready to the next turn: the body may look, in a loop, for the result of what was put aside.
    /// </summary>
    private void WaitForAside(M m)
    {
        ReturnInboxRest(m);
        GiveWay();
    }

    /// <summary>Ends a turn. Returns <see langword="false"/> if there is more to run already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool EndTurn(M m)
    {
        Task? body = _body;
        if (body is not null && body.IsCompleted && !HasEnded)
        {
            _body = null;
            End(m, TakeOutcome(body));
        }

        m.NoteCommits(true);
        if ((_flags & Flags.GivesWay) != 0)
        {
            return Requeue(m);
        }

        return Commit(m);
    }

    private bool Commit(M m)
    {
        if (_binding is not null)
        {
            return CommitSideTurn(m, (SideTurns)_binding);
        }

        int rest = (int)GStatus.Dead;
        WaitSource? parkedOn = _parkedOn;
        if (!HasEnded)
        {
            rest = (int)GStatus.Waiting;
            NotePark(parkedOn is not null ? parkedOn.Reason : WaitReason.Task);
            HookBodyUnlessInSlot();
        }

        // Full fence; pairs with the CAS in Ready and Post. From here on the goroutine may be running elsewhere.
        Interlocked.Exchange(ref _status, rest);
        if ((parkedOn is not null && parkedOn.HasNews) || _inbox is not null || ((_flags & Flags.RootHooked) != 0 && _body is { IsCompleted: true }))
        {
            if (Interlocked.CompareExchange(ref _status, (int)GStatus.Running, rest) != rest)
            {
                return true;
            }

            if (_inbox is null)
            {
                return false;
            }

            // What was posted during the turn gets a turn of its own, behind the others, so that Task.Yield() really yields here, too.
            CountPostedYield();
            _status = (int)GStatus.Runnable;
            m.P!.Queue.PushBack(this, Scheduler);
        }

        return true;
    }

    private bool Requeue(M m)
    {
        _flags &= ~Flags.GivesWay;
        if ((_continuation is null && _inbox is null) || _binding is not null)
        {
            return Commit(m);
        }

        _status = (int)GStatus.Runnable;
        m.P!.Queue.PushBack(this, Scheduler);
        return true;
    }

    /// <summary>Called when the body has ended. Callbacks posted later still get their turns.</summary>
    /// <param name="m">The caller's thread.</param>
    /// <param name="failure">The exception that escaped the body; null if there was none.</param>
    private protected void End(M m, Exception? failure)
    {
        if (HasEnded)
        {
            return; // abandoned
        }

        ReportFailure(failure);
        _life |= Life.Ended;
        if (_registrySlot >= 0)
        {
            Scheduler.Registry.Remove(_registrySlot, this);
            _registrySlot = -1;
        }

        m.P!.Ended++;
        Deliver(failure);
        m.P!.Delivered++;
        RaceHooks.Ended(this);
        Scheduler.GoroutineEnded();
    }

    /// <summary>
    /// Arranges to learn of the body's end wherever it happens. A body that is itself waiting in the continuation slot
    /// can end only in a turn of this goroutine, which checks for it. Any other body might continue elsewhere
    /// (ConfigureAwait(false)).
    /// </summary>
    private void HookBodyUnlessInSlot()
    {
        if ((_flags & Flags.RootHooked) == 0 && !ReferenceEquals(_continuationState, _body) && _body is { } body)
        {
            _flags |= Flags.RootHooked;
            using WithoutContext _ = WithoutContext.Begin(); // a task with other continuations guards them by a lock
            body.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(BodyEnded);
        }
    }

    /// <summary>Usually called from the thread pool, and also if the body has ended in a turn of its own, which then already knows of it.</summary>
    private void BodyEnded()
    {
        int old = (int)GStatus.Waiting;
        while (old is (int)GStatus.Waiting or (int)GStatus.Blocked)
        {
            int seen = Interlocked.CompareExchange(ref _status, (int)GStatus.Runnable, old);
            if (seen == old)
            {
                Scheduler.Enqueue(this);
                return;
            }

            old = seen;
        }
    }

    /// <summary>How far the goroutine has come. Written by the thread that has it to itself, read by any thread.</summary>
    [Flags]
    private enum Life : byte
    {
        /// <summary>The body has ended or will never continue.</summary>
        Ended = 1,

        /// <summary>The end of its runtime ended it.</summary>
        Abandoned = 2,
    }

    /// <summary>Flags that only the thread with the turn reads and writes.</summary>
    [Flags]
    private enum Flags : byte
    {
        /// <summary>The end of the body's task makes the goroutine runnable.</summary>
        RootHooked = 1,

        /// <summary>The turn ends in the queue instead of in a wait.</summary>
        GivesWay = 2,
    }

    // The fields that a stackful goroutine needs; they belong to its own thread.
    private protected void SetParkedOn(WaitSource? source) => _parkedOn = source;

    private protected ExecutionContext? TakeContext()
    {
        ExecutionContext? context = (ExecutionContext?)_continuationState;
        _continuation = null;
        _continuationState = null;
        return context;
    }

    /// <summary>Stores Waiting, with a full fence that pairs with the CAS in <see cref="Ready"/>.</summary>
    private protected void StoreWaiting(WaitReason reason)
    {
        NotePark(reason);
        Interlocked.Exchange(ref _status, (int)GStatus.Waiting);
    }

    private protected bool TryTakeBack()
        => Interlocked.CompareExchange(ref _status, (int)GStatus.Running, (int)GStatus.Waiting) == (int)GStatus.Waiting;

    /// <summary>Records what reports need to know about a parked goroutine.</summary>
    private void NotePark(WaitReason reason)
    {
        _reason = reason;
        _parkedAt = Scheduler.CoarseNow;
        if (_registrySlot < 0)
        {
            EnterRegistry();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterRegistry()
    {
        using WithoutContext _ = WithoutContext.Begin(); // a notice goes into a table of the framework, which has a lock
        _registrySlot = Scheduler.Registry.Add(this);
    }

    private static ExecutionContext? CaptureContext()
    {
        ExecutionContext? context = ExecutionContext.Capture();
        return ReferenceEquals(context, Scheduler.DefaultContext) ? null : context;
    }

    internal static void RestoreContext()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            ExecutionContext.RestoreFlow();
        }

        ExecutionContext.Restore(Scheduler.DefaultContext);
    }
}
