using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Net.Epoll;

namespace Goroutines.Scheduler;

/// <summary>A worker thread (runtime/runtime2.go: <c>m</c>). Its loop is Go's g0: find a goroutine, give it a turn.</summary>
internal class M
{
    [ThreadStatic]
    private static M? t_current;

    private readonly Scheduler _scheduler;
    private P? _p;
    private P? _previousP;
    private int _blockingDepth;

    internal readonly int Id;
    internal readonly ParkingNote Note = new();

    /// <summary>The goroutine that has its turn. Written by this thread, read by sysmon and dumps.</summary>
    internal volatile G? CurrentG;

    /// <summary>Looking for work and counted in the scheduler's spinning count. Own thread, or the waker before it wakes this one.</summary>
    internal bool Spinning;

    /// <summary>Has found work since it last slept. Own thread only.</summary>
    internal bool FoundWork;

    /// <summary>When it last began to look for work, by the system's clock. Own thread only.</summary>
    internal long IdleSince;

    /// <summary>The P handed over by the waker; stored before the note is signalled, taken after it.</summary>
    internal P? NextP;

    /// <summary>Link of the idle list, owned by the scheduler's lock.</summary>
    internal M? ListNext;

    /// <summary>The kernel's id of the thread, by which sysmon sees whether it sleeps; 0 where there is none.</summary>
    internal volatile int ThreadId;

    /// <summary>This worker has slept long enough without being needed, and ends. Own thread only.</summary>
    internal bool Retiring;

    /// <summary>Set while a body's ValueTask is turned into a Task, whose plain continuation then still belongs to the goroutine.</summary>
    internal bool AdoptsRoot;

    /// <summary>
    /// Sleeps in the network poller, or is about to: a wake-up has to reach it there. Stored by this thread before it looks at
    /// its note for the last time, read by wakers after they have signalled the note; both with a full fence.
    /// </summary>
    private volatile bool _inPoller;

    /// <summary>What blocks this thread inside of a goroutine, to be told when the runtime is stopped. Stored by this thread, with a
    /// full fence before it looks whether the runtime is; read by whoever stops it, after that.</summary>
    private ThreadWait? _wait;

    /// <summary>The wait for an operation of ours that this thread sleeps in, in the middle of a turn; null when it does not.</summary>
    internal ThreadWait? WaitsIn => Volatile.Read(ref _wait);

    internal bool IsInBlockingRegion => _blockingDepth != 0;

    internal bool IsStackful => this is StackfulThread;

    internal M(Scheduler scheduler, int id)
    {
        _scheduler = scheduler;
        Id = id;
    }

    /// <summary>The worker that is the calling thread, or null.</summary>
    internal static M? Current => t_current;

    internal Scheduler Scheduler => _scheduler;

    internal P? P => _p;

    internal bool HasP => _p is not null;

    /// <summary>Whether it sleeps where the network's news arrive.</summary>
    internal bool IsInPoller => _inPoller;

    /// <summary>Wakes the thread wherever it sleeps, or lets its next sleep end at once.</summary>
    internal void Wake()
    {
        if (Note.Wake() && _inPoller)
        {
            _scheduler.Net!.Break();
        }
    }

    /// <summary>Sleeps as on the note, but until there is news from the network, too.</summary>
    internal void SleepInPoller(NetPoll net, long nanoseconds, ref GList ready)
    {
        _inPoller = true;
        Interlocked.MemoryBarrier(); // pairs with the exchange in Note.Wake
        net.Poll(Note.IsSignalled ? 0 : nanoseconds, ref ready);
        _inPoller = false;
        Note.Clear();
    }

    /// <summary>This thread is about to block in <paramref name="wait"/>, or null: no longer.</summary>
    internal void NoteWait(ThreadWait? wait) => Interlocked.Exchange(ref _wait, wait);

    /// <summary>The runtime has been stopped: a wait of the synchronous forms looks.</summary>
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

    /// <summary>Takes <paramref name="p"/> over; the caller has it to itself.</summary>
    internal void Acquire(P p)
    {
        Debug.Assert(_p is null, "The worker has a P already.");
        p.Worker = this;
        p.Status = PStatus.Running;
        _p = p;
    }

    internal P Release()
    {
        P p = _p!;
        _p = null;
        p.Worker = null;
        return p;
    }

    /// <summary>entersyscall: the running goroutine is about to block its thread, and the P may be taken meanwhile.</summary>
    /// <param name="handOff">The wait is expected to be long: give the P away at once, rather than leave it to sysmon.</param>
    internal void EnterBlocking(bool handOff)
    {
        if (_blockingDepth++ != 0)
        {
            return;
        }

        P p = _p!;
        CurrentG!.ParkedOn?.TurnBlocked();
        CurrentG.SetRunningStatus(GStatus.Syscall);
        p.SyscallTick++;
        _p = null;
        if (handOff)
        {
            _previousP = null;
            _scheduler.HandOff(p);
        }
        else
        {
            _previousP = p;
            p.Status = PStatus.Syscall; // release: from here on the P may be somebody else's
            _scheduler.WakeSysmon();
        }
    }

    /// <summary>exitsyscall: takes the old P back, else an idle one, else waits in the queue for one.</summary>
    /// <param name="mayHoldLock">The wait may have been for a lock, which this thread holds now: it goes on at once, on an
    /// extra P if need be. Waiting for a P here would make everybody else who wants the lock wait too, and if those hold
    /// the Ps, for ever.</param>
    internal void ExitBlocking(bool mayHoldLock = false)
    {
        Debug.Assert(_blockingDepth > 0, "A blocking region was left that was not entered.");
        if (--_blockingDepth != 0)
        {
            return;
        }

        G g = CurrentG!;
        P? previous = _previousP;
        _previousP = null;
        if (previous is not null && previous.TryTakeFromSyscall(PStatus.Running))
        {
            previous.Worker = this;
            _p = previous;
        }
        else if (_scheduler.TryTakeIdleP() is { } idle)
        {
            Acquire(idle);
        }
        else if (mayHoldLock && !_scheduler.IsExplored)
        {
            Acquire(_scheduler.TakeExtraP());
        }
        else
        {
            WaitForP(g);
        }

        g.SetRunningStatus(GStatus.Running);
    }

    /// <summary>A P is idle no longer for want of work: the worker that gave the turn to this goroutine hands its own over.</summary>
    private void WaitForP(G g)
    {
        if (_scheduler.IsStopping)
        {
            TakeStrayP();
            return;
        }

        g.LockedM = this;
        g.SetRunningStatus(GStatus.Runnable);
        _scheduler.PutGlobal(g);
        _scheduler.WakeIfIdle();
        SleepUntilGivenP();
    }

    /// <summary>Sleeps until another worker hands its P over.</summary>
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

    /// <summary>Nobody gives turns any more. The body goes on to its next park on a P that belongs to nothing.</summary>
    private protected void TakeStrayP()
    {
        CurrentG!.LockedM = IsStackful ? this : null;
        Acquire(new P(P.StrayId, _scheduler));
    }

    private protected void TakeGivenP()
    {
        P p = NextP!;
        NextP = null;
        Acquire(p);
    }

    /// <summary>Makes the calling thread this worker.</summary>
    private protected void Attach()
    {
        t_current = this;
        ThreadId = ThreadState.CurrentId();
    }

    private protected static void Detach()
    {
        t_current = null;
        SynchronizationContext.SetSynchronizationContext(null);
    }

    /// <summary>Makes the calling thread this worker, until it is to end.</summary>
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
                    _scheduler.ParkWithoutP(this); // it was handed over: here, where no slot of the frame leads to the goroutine
                }
            }
        }
        finally
        {
            Detach();
            _scheduler.WorkerExited(this);
        }
    }

    /// <summary>One round of <c>schedule</c>. Not inlined: no slot of the loop's frame may keep a goroutine alive while the worker sleeps.</summary>
    /// <returns><see langword="false"/>: the worker is to end.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunNext()
    {
        bool inheritTime;
        if ((_scheduler.Conductor is null ? _scheduler.FindRunnable(this, out inheritTime) : _scheduler.FindConducted(this, out inheritTime)) is not { } g)
        {
            return false;
        }

        if (Spinning)
        {
            _scheduler.ResetSpinning(this);
        }

        if (g.LockedM is { } locked)
        {
            HandOver(g, locked);
            return true;
        }

        P p = _p!;
        if (!inheritTime)
        {
            p.ScheduleTick++;
        }

        p.TurnTick++;
        CurrentG = g;
        g.RunTurn(this);
        CurrentG = null;
        return true;
    }

    /// <summary>startlockedm: the goroutine can go on only on its own thread, so the P goes there.</summary>
    private void HandOver(G g, M locked) => Scheduler.GiveTurn(Release(), g, locked);
}
