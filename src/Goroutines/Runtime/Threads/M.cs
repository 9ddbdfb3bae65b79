using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>A worker thread (runtime/runtime2.go: <c>m</c>). Its loop is Go's g0: find a goroutine, give it a turn.</summary>
internal class M
{
    [ThreadStatic]
    private static M? t_current;

    private readonly Scheduler _scheduler;
    private P? _p;
    private P? _previousP;

    /// <summary>The blocking region that this thread is in, or 0. Each region has a number of its own, so that a stale copy of one does not end
    /// another.</summary>
    private int _region;
    private int _regions;

    internal readonly int Id;
    internal readonly ParkingNote Note = new();

    /// <summary>The goroutine that has its turn. Written by this thread, read by sysmon and dumps.</summary>
    internal volatile G? CurrentG;

    /// <summary>Set while it runs a <see cref="WorkItem"/>: no goroutine has the turn, but code that may take its time does. Written by this thread,
    /// read by sysmon.</summary>
    internal volatile bool RunsWork;

    /// <summary>Whether it is looking for work and counted in the scheduler's spinning count. Written by its own thread, or by the waker
    /// before it wakes this one.</summary>
    internal bool Spinning;

    /// <summary>Whether it has found work since it last slept. Own thread only.</summary>
    internal bool FoundWork;

    /// <summary>When it last began to look for work, by the system's clock. Own thread only.</summary>
    internal long IdleSince;

    /// <summary>The P handed over by the waker. Stored with release before the note is signalled and after <see cref="Spinning"/>. The
    /// worker reads it with acquire: it may find the P before it has slept, and then the note's fence does not order what it reads
    /// next.</summary>
    internal P? NextP;

    /// <summary>Its place in the list of all workers, owned by the scheduler's lock.</summary>
    internal int ListSlot = WorkerList.None;

    /// <summary>Link of the idle list, owned by the scheduler's lock.</summary>
    internal M? ListNext;

    /// <summary>The kernel's id of the thread, which sysmon uses to see whether it sleeps; 0 where there is none.</summary>
    internal volatile int ThreadId;

    /// <summary>The thread itself, used where the kernel can't be asked about it.</summary>
    private volatile Thread? _thread;

    /// <summary>Whether its thread sleeps at this moment, as far as can be known. For sysmon.</summary>
    internal bool IsAsleep => KernelThread.IsSleeping(ThreadId, _thread);

    /// <summary>Whether this worker has slept long enough without being needed, and ends. Own thread only.</summary>
    internal bool Retiring;

    /// <summary>Set while a body's ValueTask is turned into a Task, whose plain continuation then still belongs to the goroutine.</summary>
    internal bool AdoptsRoot;

    /// <summary>The callbacks that this turn has taken out of its goroutine's inbox and has not run yet. Own thread only.</summary>
    internal InboxItem? InboxRest;

    /// <summary>The continuations that this turn has put aside, in order. Own thread only.</summary>
    private AsideItem? _aside;

    /// <summary>The continuation that was put aside and is running, and the goroutine that it belongs to. Own thread only.</summary>
    internal AsideItem? Aside;
    internal G? AsideOf;

    /// <summary>Whether this thread sleeps in a wait during which its goroutine may have side turns. Own thread only.</summary>
    internal bool IsWaiting;

    /// <summary>Whether it is on the way from one turn to the next, where nothing may wait in the framework
    /// (<see cref="WithoutContext"/>). Debug builds only.</summary>
    internal bool IsCommitting { get; private set; }

    /// <summary>Whether it was given its goroutine's turn; see <see cref="SideTurns"/>. Stored by the giver before it wakes this thread.</summary>
    internal bool TurnGiven;

    /// <summary>Link of the list of threads that want their goroutine's turn back; see <see cref="SideTurns"/>.</summary>
    internal M? NextReturning;

    /// <summary>
    /// Whether it sleeps in the network poller, or is about to, so that a wake-up has to reach it there. This thread stores it
    /// before it looks at its note for the last time; wakers read it after they have signalled the note. Both have a full
    /// fence.
    /// </summary>
    private volatile bool _inPoller;

    /// <summary>The wait that blocks this thread inside a goroutine, which is notified when the runtime is stopped. This thread
    /// stores it with a full fence before it checks whether the runtime is stopped; the thread that stops the runtime reads it after
    /// that.</summary>
    private ThreadWait? _wait;

    /// <summary>The wait for one of our operations in which this thread sleeps in the middle of a turn; null if it does not.</summary>
    internal ThreadWait? WaitsIn => Volatile.Read(ref _wait);

    internal bool IsInBlockingRegion => _region != 0;

    internal M(Scheduler scheduler, int id)
    {
        _scheduler = scheduler;
        Id = id;
    }

    /// <summary>The worker that the calling thread is, or null.</summary>
    internal static M? Current => t_current;

    internal Scheduler Scheduler => _scheduler;

    internal P? P => _p;

    internal bool HasP => _p is not null;

    /// <summary>Whether it sleeps in the network poller.</summary>
    internal bool IsInPoller => _inPoller;

    /// <summary>Wakes the thread wherever it sleeps, or lets its next sleep end at once.</summary>
    internal void Wake()
    {
        if (Note.Wake() && _inPoller)
        {
            _scheduler.Poller!.Break();
        }
    }

    /// <summary>Sleeps as on the note, but also ends when there is news from the network.</summary>
    internal void SleepInPoller(Poller poller, long nanoseconds, ref GList ready)
    {
        _inPoller = true;
        Interlocked.MemoryBarrier(); // pairs with the exchange in Note.Wake
        poller.Poll(Note.IsSignalled ? 0 : nanoseconds, ref ready);
        _inPoller = false;
        Note.Clear();
    }

    /// <summary>Records that this thread is about to block in <paramref name="wait"/>, or, if that is null, that it no longer blocks.</summary>
    internal void NoteWait(ThreadWait? wait) => Interlocked.Exchange(ref _wait, wait);

    /// <summary>Makes a wait of the synchronous forms check that the runtime has been stopped.</summary>
    internal void InterruptWait() => Volatile.Read(ref _wait)?.Interrupt();

    internal void StartThread()
    {
        Thread thread = new(static self => ((M)self!).Run())
        {
            IsBackground = true,
            Name = $"{_scheduler.Name} worker {Id}",
        };
        thread.UnsafeStart(this);
    }

    /// <summary>Takes over <paramref name="p"/>, which the caller has to itself.</summary>
    internal void Acquire(P p)
    {
        Debug.Assert(_p is null, "The worker has a P already.");
        p.Worker = this;
        p.Status = PStatus.Running;
        p.Trace?.HasSearched();
        _p = p;
    }

    internal P Release()
    {
        P p = _p!;
        _p = null;
        p.Worker = null;
        return p;
    }

    /// <summary>Enters a blocking region (entersyscall): the running goroutine is about to block its thread, and the P may be
    /// taken meanwhile.</summary>
    /// <returns>The region's number for <see cref="ExitBlocking(int)"/>, or 0 if there is nothing to leave: inside another
    /// region, in a work item, or on a thread that has no P.</returns>
    internal int EnterBlocking()
    {
        if (_p is not { } p || CurrentG is not { } g)
        {
            return 0;
        }

        g.EnterRegion();
        p.Trace?.BlockingBegin(g);
        p.SyscallTick++;
        _p = null;
        _previousP = p;
        p.Status = PStatus.Syscall; // release: from here on the P may be another worker's
        _scheduler.Sysmon.WakeIfAsleep();
        return _region = ++_regions == 0 ? ++_regions : _regions;
    }

    /// <summary>Leaves the blocking region (exitsyscall) if the thread is in region <paramref name="region"/>.</summary>
    internal void ExitBlocking(int region)
    {
        if (region != 0 && region == _region)
        {
            ExitBlocking();
        }
    }

    /// <summary>Leaves the blocking region (exitsyscall): takes the old P back, otherwise takes an idle one, otherwise waits in
    /// the queue for one.</summary>
    internal void ExitBlocking()
    {
        Debug.Assert(_region != 0, "A blocking region was left that was not entered.");
        _region = 0;
        G g = CurrentG!;
        P? previous = _previousP;
        _previousP = null;
        if (previous is not null && previous.TryTakeFromSyscall(PStatus.Running))
        {
            previous.Worker = this;
            _p = previous;
        }
        else
        {
            TakeP(g, atOnce: false);
        }

        _p!.Trace?.BlockingEnd(g);
        g.SetRunningStatus(GStatus.Running);
    }

    [Conditional("DEBUG")]
    internal void NoteCommits(bool commits) => IsCommitting = commits;

    /// <summary>Called when the thread is about to sleep in a wait that may be long: its P goes to a worker that has use for it.</summary>
    /// <returns>Whether it had a P and needs one when the wait is over.</returns>
    internal bool BeginWait()
    {
        bool hadP = HasP;
        _p?.Trace?.TurnEnd(CurrentG!, (ushort)WaitReason.Blocking);
        IsWaiting = true;
        if (CurrentG is ThreadG stackful)
        {
            if (hadP)
            {
                stackful.SetRunningStatus(GStatus.Syscall);
                P p = Release();
                p.SyscallTick++;
                _scheduler.HandOff(p);
            }
        }
        else
        {
            CurrentG!.LeaveTurn(this);
        }

        return hadP;
    }

    /// <summary>Called when the wait is over: the thread continues when it has its goroutine's turn and, if it had a P before, has one
    /// again.</summary>
    /// <param name="needsP">What <see cref="BeginWait"/> returned.</param>
    /// <param name="mayHoldLock">Whether the wait may have been for a lock, which this thread then holds. It continues at once, on an extra P if
    /// necessary. If it waited for a P here, all others that want the lock would wait, too, and if those hold the Ps, for ever.</param>
    internal void EndWait(bool needsP, bool mayHoldLock)
    {
        G g = CurrentG!;
        if (!g.IsStackful)
        {
            g.ReturnToTurn(this, needsP, atOnce: mayHoldLock);
        }
        else if (needsP)
        {
            TakeP(g, atOnce: mayHoldLock);
            g.SetRunningStatus(GStatus.Running);
        }

        _p?.Trace?.TurnBegin(g);
        IsWaiting = false;
    }

    /// <summary>Gets a P for <paramref name="g"/>, whose turn this thread has: an idle one, an extra one, or one that it waits for in the queue.</summary>
    internal void TakeP(G g, bool atOnce)
    {
        if (_scheduler.TryTakeIdleP() is { } idle)
        {
            Acquire(idle);
        }
        else if (atOnce && !_scheduler.IsExplored && _scheduler.TryTakeExtraP() is { } extra)
        {
            Acquire(extra);
        }
        else if (_scheduler.IsStopping)
        {
            TakeStrayP();
        }
        else if (g.IsStackful)
        {
            // No P is free. Queue the goroutine and sleep; the worker that dequeues it hands over its own P.
            g.SetRunningStatus(GStatus.Runnable);
            _scheduler.EnqueueGlobal(g);
            _scheduler.WakeIfIdle();
            SleepUntilGivenP();
        }
        else
        {
            g.WaitForP(this);
        }
    }

    /// <summary>Takes a stray P: a stopped runtime gives no turns, so the body continues to its next park on a P that belongs to nothing.</summary>
    internal void TakeStrayP()
    {
        P stray = new(P.StrayId, _scheduler);
        stray.Timers.Close(); // nothing would look at them
        Acquire(stray);
    }

    /// <summary>Sleeps until another worker hands over its P.</summary>
    private protected void SleepUntilGivenP(int spins = 0)
    {
        while (Volatile.Read(ref NextP) is null)
        {
            if (_scheduler.IsStopping)
            {
                TakeStrayP();
                return;
            }

            Note.Sleep(-1, spins);
        }

        TakeGivenP();
    }

    internal void TakeGivenP()
    {
        P p = NextP!;
        NextP = null;
        Acquire(p);
    }

    /// <summary>Makes the calling thread this worker.</summary>
    private protected void Attach()
    {
        t_current = this;
        _thread = Thread.CurrentThread;
        ThreadId = KernelThread.CurrentId();
    }

    private protected static void Detach()
    {
        t_current = null;
        SynchronizationContext.SetSynchronizationContext(null);
    }

    /// <summary>Makes the calling thread this worker until the worker ends.</summary>
    internal void Run()
    {
        Attach();
        try
        {
            Acquire(NextP!);
            NextP = null;
            while (RunNext())
            {
                if (!HasP)
                {
                    _scheduler.ParkWithoutP(this); // it was handed over; park here, where no slot of the frame leads to the goroutine
                }
            }
        }
        finally
        {
            Detach();
            _scheduler.WorkerExited(this);
            ThreadLimit.Release();
        }
    }

    /// <summary>Runs one round of <c>schedule</c>. Not inlined: no slot of the loop's frame may keep a goroutine alive while the worker
    /// sleeps.</summary>
    /// <returns><see langword="false"/> if the worker should end.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunNext()
    {
        bool inheritTime;
        if ((_scheduler.Driver is null ? _scheduler.FindRunnable(this, out inheritTime) : _scheduler.FindDriven(this, out inheritTime)) is not { } g)
        {
            return false;
        }

        if (Spinning)
        {
            _scheduler.ResetSpinning(this);
        }

        if (g.Binding is { } binding && GoesElsewhere(g, binding, inheritTime))
        {
            return true;
        }

        _p!.CountTurn(inheritTime);
        CurrentG = g;
        g.RunTurn(this);
        CurrentG = null;
        return true;
    }

    /// <summary>Returns whether a goroutine that was taken from a queue is not for this worker to run: it continues on a thread
    /// of its own, which gets the P, or its turn has been taken back meanwhile.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool GoesElsewhere(G g, object binding, bool inheritTime)
    {
        if (binding is SideTurns side)
        {
            if (!g.TakeFromQueue())
            {
                return true;
            }

            if (side.Pop() is not { } returning)
            {
                return false; // a side turn, or an ordinary one of a goroutine that has blocked before
            }

            HandOver(returning, inheritTime);
        }
        else if (binding is M locked)
        {
            HandOver(locked, inheritTime);
        }
        else if (binding is WorkItem work)
        {
            RunWork(work, inheritTime);
        }
        else if (((StackfulPool)binding).TryAssign((ThreadG)g))
        {
            HandOver(g.LockedM!, inheritTime);
        }

        return true;
    }

    /// <summary>Runs an item that is not a goroutine. Meanwhile there is no current context and no current goroutine.</summary>
    private void RunWork(WorkItem work, bool inheritTime)
    {
        _p!.CountTurn(inheritTime);
        SynchronizationContext.SetSynchronizationContext(null);
        RunsWork = true;
        work.Run();
        RunsWork = false;
    }

    internal bool HasAside => _aside is not null;

    /// <summary>Keeps a continuation that may run anywhere until the turn is over.</summary>
    internal void PutAside(AsideItem item)
    {
        ref AsideItem? end = ref _aside;
        while (end is not null)
        {
            end = ref end.Next;
        }

        end = item;
    }

    /// <summary>Runs what a turn of <paramref name="g"/> has put aside, as <see cref="RunWork"/> does: the goroutine may have its next turn elsewhere
    /// already.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void RunAside(G g)
    {
        NoteCommits(false);
        RunsWork = true;
        CurrentG = null;
        while (_aside is { } item)
        {
            _aside = item.Next;
            if (!HasP)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static item => item.Run(), item, preferLocal: true);
                continue;
            }

            Aside = item;
            AsideOf = g;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                item.Run();
            }
            catch (Exception exception)
            {
                // Continuations of the compiler's state machines never throw; a hand-written awaiter's may.
                _scheduler.Panics.Panic(g, exception);
            }

            Aside = null;
            AsideOf = null;
            if (IsInBlockingRegion)
            {
                ExitBlocking(); // it left a blocking region open
            }

            if (!ReferenceEquals(ExecutionContext.Capture(), Scheduler.DefaultContext))
            {
                G.RestoreContext();
            }
        }

        RunsWork = false;
    }

    /// <summary>Hands over the P (startlockedm): the goroutine can continue only on its own thread, so the P goes there.</summary>
    private void HandOver(M locked, bool inheritTime) => Scheduler.GiveTurn(Release(), locked, inheritTime);
}
