using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>The turns of a body that blocks its thread: the turn goes on without that thread. See <see cref="SideTurns"/> for the
/// protocol.</summary>
internal abstract partial class G
{
    private object? _binding;

    /// <summary>What its turns need beyond a worker. For a stackful goroutine that is its thread (Go's <c>lockedm</c>) or, before its first turn, the
    /// <see cref="StackfulPool"/>. For a body that has blocked it is the <see cref="SideTurns"/>. A <see cref="WorkItem"/> is its own binding. For most
    /// goroutines it is null.</summary>
    internal object? Binding => _binding;

    /// <summary>The thread of a stackful goroutine, from its first turn to its end.</summary>
    internal M? LockedM
    {
        get => _binding as M;
        set => _binding = value;
    }

    /// <summary>Binds a stackful goroutine to the pool until its first turn, when it gets its thread.</summary>
    internal void AwaitThreadOf(StackfulPool pool) => _binding = pool;

    /// <summary>Marks an object that is not a goroutine, so that a worker checks what it is before it gives it a turn.</summary>
    private protected void BindToItself() => _binding = this;

    /// <summary>Called when the body, which has the turn, is about to enter a region in which it blocks or runs without a P.</summary>
    internal void EnterRegion()
    {
        _parkedOn?.TurnBlocked();
        if (_slotKind != SlotOwn)
        {
            FreeSlot();
        }

        SetRunningStatus(GStatus.Syscall);
    }

    /// <summary>Changes the status of a goroutine whose turn the calling thread has and keeps.</summary>
    internal void SetRunningStatus(GStatus status)
    {
        if (_binding is not SideTurns)
        {
            Volatile.Write(ref _status, (int)status);
            return;
        }

        int old;
        do
        {
            old = Volatile.Read(ref _status);
        }
        while (Interlocked.CompareExchange(ref _status, (int)status | (old & SideTurns.Queued), old) != old);
    }

    /// <summary>Called when a worker has taken the goroutine, which has had side turns, out of a run queue.</summary>
    /// <returns><see langword="false"/> if its turn was taken back meanwhile, so that the entry no longer meant anything.</returns>
    internal bool TakeFromQueue()
    {
        while (true)
        {
            int old = Volatile.Read(ref _status);
            bool held = (old & SideTurns.Queued) != 0;
            Debug.Assert(held || old == (int)GStatus.Runnable, "A goroutine was in a queue that is not runnable.");
            if (Interlocked.CompareExchange(ref _status, held ? old & ~SideTurns.Queued : (int)GStatus.Running, old) == old)
            {
                return !held;
            }
        }
    }

    /// <summary>Called when the thread of <paramref name="m"/>, which has the turn, is about to sleep in the middle of it. Its P, if it has one,
    /// continues without it.</summary>
    internal void LeaveTurn(M m)
    {
        SideTurns side = _binding as SideTurns ?? NewSideTurns();
        side.Blocked++;
        ReturnInboxRest(m);
        NotePark(WaitReason.Blocking);
        HookBodyUnlessInSlot();
        P? p = m.HasP ? m.Release() : null;
        if (GiveTurnUp(side))
        {
            Queue(side, p);
        }

        if (p is not null)
        {
            p.SyscallTick++;
            Scheduler.HandOff(p);
        }
    }

    /// <summary>Called when a wait of the thread of <paramref name="m"/> is over: gets the turn back, and a P if it needs one.</summary>
    internal void ReturnToTurn(M m, bool needsP, bool atOnce)
    {
        SideTurns side = (SideTurns)_binding!;
        if (!TryTakeTurn())
        {
            side.Push(m); // R2
            AwaitTurn(m, side, evenFromQueue: true);
        }

        if (needsP && !m.HasP)
        {
            m.TakeP(this, atOnce);
        }
        else if (!needsP && m.HasP)
        {
            Scheduler.HandOff(m.Release()); // in a blocking region: it continues without a P
        }

        side.Blocked--;
        SetRunningStatus(m.HasP ? GStatus.Running : GStatus.Syscall);
    }

    /// <summary>
    /// Waits in the run queue for a P. The worker that dequeues the goroutine hands over its own P. The caller has the
    /// turn, and has it again on return.
    /// </summary>
    internal void WaitForP(M m)
    {
        SideTurns side = _binding as SideTurns ?? NewSideTurns();
        do
        {
            side.Push(m);
            GiveTurnToQueue();
            AwaitTurn(m, side, evenFromQueue: false);
            if (m.HasP)
            {
                return;
            }

            if (Scheduler.IsStopping)
            {
                m.TakeStrayP();
                return;
            }

            // The turn came from another thread of this goroutine, without a P.
            if (Scheduler.TryTakeIdleP() is { } idle)
            {
                m.Acquire(idle);
                return;
            }
        }
        while (true);
    }

    /// <summary>R3 and R4: sleeps until the thread has the turn, with or without a P.</summary>
    private void AwaitTurn(M m, SideTurns side, bool evenFromQueue)
    {
        while (true)
        {
            if (Volatile.Read(ref m.NextP) is not null)
            {
                m.TakeGivenP(); // from a worker that dequeued the goroutine
                return;
            }

            if (Volatile.Read(ref m.TurnGiven))
            {
                m.TurnGiven = false;
                return;
            }

            // No worker dequeues goroutines in a stopped runtime.
            if (TryTakeTurn(evenFromQueue || Scheduler.IsStopping))
            {
                M first = side.Pop()!;
                if (ReferenceEquals(first, m))
                {
                    return;
                }

                SideTurns.Grant(first);
                continue;
            }

            m.Note.Sleep(-1);
        }
    }

    /// <summary>R1: the calling thread takes the turn if no thread has it, or only the queue has it.</summary>
    private bool TryTakeTurn(bool evenFromQueue = true)
    {
        while (true)
        {
            int old = Volatile.Read(ref _status);
            bool queued = old == (int)GStatus.Runnable;
            // Where schedules are explored, the driver owns the order of the queue.
            if (queued ? !evenFromQueue || Scheduler.IsExplored : !IsResting(old))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _status, (int)GStatus.Running | (queued ? SideTurns.Queued : 0), old) == old)
            {
                return true;
            }
        }
    }

    private void GiveTurnToQueue()
    {
        while (true)
        {
            int old = Volatile.Read(ref _status);
            if (Interlocked.CompareExchange(ref _status, (int)GStatus.Runnable, old) == old)
            {
                if ((old & SideTurns.Queued) == 0)
                {
                    Scheduler.EnqueueGlobal(this);
                }

                Scheduler.WakeIfIdle();
                return;
            }
        }
    }

    /// <summary>L1 to L3: the calling thread gives up the turn.</summary>
    /// <returns>Whether the goroutine is runnable, so that the caller has to queue it.</returns>
    private bool GiveTurnUp(SideTurns side)
    {
        while (true)
        {
            if (side.Pop() is { } returning)
            {
                SideTurns.Grant(returning); // L1
                return false;
            }

            int old = Volatile.Read(ref _status);
            bool queued = (old & SideTurns.Queued) != 0;
            int rest = (int)(queued ? GStatus.Runnable : side.Blocked != 0 ? GStatus.Blocked : HasEnded ? GStatus.Dead : GStatus.Waiting);
            if (Interlocked.CompareExchange(ref _status, rest, old) != old) // L2
            {
                continue; // a worker has dropped the queue entry
            }

            if (!side.HasReturning && (queued || !HasNews()))
            {
                return false;
            }

            // L3: the thread that has taken the turn meanwhile handles what has come.
            int held = (int)GStatus.Running | (queued ? SideTurns.Queued : 0);
            if (Interlocked.CompareExchange(ref _status, held, rest) != rest)
            {
                // A poster may have queued the goroutine: it does not look at Returning.
                GrantFromQueue(side);
                return false;
            }

            if (!side.HasReturning && !queued)
            {
                _status = (int)GStatus.Runnable;
                return true;
            }
        }
    }

    /// <summary>Puts the goroutine at the back of the queue of <paramref name="p"/>, which the caller has to itself, or of the global queue if
    /// <paramref name="p"/> is null.</summary>
    private void Queue(SideTurns side, P? p)
    {
        if (p is not null)
        {
            p.Queue.PushBack(this, Scheduler);
        }
        else
        {
            Scheduler.EnqueueGlobal(this);
            Scheduler.WakeIfIdle();
        }

        Interlocked.MemoryBarrier(); // pairs with R2: a thread that saw this one have the turn is seen here, and need not wait for a worker
        GrantFromQueue(side);
    }

    /// <summary>Takes the turn for a thread that wants it back, so that it need not wait for a worker.</summary>
    private void GrantFromQueue(SideTurns side)
    {
        if (!side.HasReturning || !TryTakeTurn())
        {
            return;
        }

        if (side.Pop() is { } returning)
        {
            SideTurns.Grant(returning);
        }
        else if (GiveTurnUp(side))
        {
            Queue(side, p: null); // the thread that wanted the turn has had it meanwhile
        }
    }

    /// <summary>Returns whether there is something for a turn to run or to look at. Called by the thread that has just given up the turn.</summary>
    private bool HasNews()
        => _inbox is not null
            || (_parkedOn is { } parkedOn ? parkedOn.HasNews : _continuation is not null)
            || ((_flags & Flags.RootHooked) != 0 && _body is { IsCompleted: true } && !HasEnded);

    private bool CommitSideTurn(M m, SideTurns side)
    {
        if (!HasEnded)
        {
            NotePark(_parkedOn is { } parkedOn ? parkedOn.Reason : side.Blocked != 0 ? WaitReason.Blocking : WaitReason.Task);
            HookBodyUnlessInSlot();
        }

        if (GiveTurnUp(side))
        {
            Queue(side, m.P);
        }

        return true;
    }

    private SideTurns NewSideTurns()
    {
        SideTurns side = new();
        _binding = side; // before the status that another thread acts on
        return side;
    }

    private static bool IsResting(int status)
        => status is (int)GStatus.Waiting or (int)GStatus.Blocked or (int)GStatus.Dead;
}
