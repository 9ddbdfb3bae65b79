using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>
/// The monitor thread (runtime/proc.go: <c>sysmon</c>). It takes Ps from workers in blocking regions, asks for
/// preemption, puts Ps beside stuck ones, wakes workers for late timers, and finds deadlocks. It has no P.
/// </summary>
/// <remarks>
/// <para>It looks every 20 microseconds while it finds something to do, and less often, down to every 10 ms, while it does not. When every
/// P has been idle for a while, it sleeps until a P is taken again. It stores <c>_asleep</c> before it looks at the idle count for the
/// last time; a thread that takes a P reads <c>_asleep</c> after it has changed the count. Both have a fence.</para>
/// <para>It never has a P and owns none of the scheduler's state: it reads counts and ticks without the lock, and acts through the members
/// that the scheduler offers. Its thread starts when a P is first taken. If the system refuses the thread, goroutines run anyway; what
/// sysmon would do is postponed until it can be started.</para>
/// </remarks>
internal sealed class Sysmon
{
    /// <summary>How long a chain of turns, or one turn, may last before others are helped, in nanoseconds (Go: <c>forcePreemptNS</c>).</summary>
    internal const long TimeSlice = 10_000_000;

    private const long Shortest = 20_000;
    private const long Longest = 10_000_000;

    /// <summary>How late goroutines that were left to their owner may be found waiting, and how often sysmon tries whether
    /// a worker finds enough to do by now. Done more often, sysmon itself costs the workers several percent.</summary>
    private const long LongestThrottling = 1_000_000;

    private const long QuietBeforeSleep = 150_000_000;

    /// <summary>How long a runtime must have lasted before the meter reports it. Creating the meter takes ten milliseconds, which a short program
    /// need not spend.</summary>
    private const long LastsLong = 20_000_000;

    private readonly Scheduler _scheduler;
    private readonly ParkingNote _note = new();
    private int _started;
    private volatile bool _asleep;
    private volatile int _threadId;

    // Used by the thread only.
    private Observation[] _observed = [];
    private ComputingBound _computingBound;
    private long _triedWakingAt;
    private long _triedThreadAt;
    private bool _waitedBefore;
    private long _lookedAt;

    // Written by the thread, read by meters and tests.
    private long _stalled;
    private long _foundWaiting;

    /// <param name="scheduler">The scheduler that it watches.</param>
    /// <param name="runs">Whether it ever starts. Where schedules are explored, only the driver decides what runs.</param>
    internal Sysmon(Scheduler scheduler, bool runs)
    {
        _scheduler = scheduler;
        _started = runs ? 0 : 1;
    }

    /// <summary>How often goroutines that had been left to their owner were found waiting.</summary>
    internal long FoundWaiting => Volatile.Read(ref _foundWaiting);

    /// <summary>How long, in nanoseconds, at least one goroutine was ready and waited for a turn: the time between two looks that both found one.</summary>
    internal long StalledNanoseconds => Volatile.Read(ref _stalled);

    /// <summary>The kernel's id of its thread; 0 before it runs.</summary>
    internal int ThreadId => _threadId;

    /// <summary>Called after a P was taken from the idle list or left in a blocking region.</summary>
    internal void WakeIfAsleep()
    {
        Interlocked.MemoryBarrier(); // pairs with the one in SleepWhileIdle
        if (_asleep)
        {
            _note.Wake();
        }
        else if (_started == 0 && Interlocked.Exchange(ref _started, 1) == 0)
        {
            TryStart();
        }
    }

    /// <summary>Ends its sleep, because the runtime is being stopped or its last worker has gone.</summary>
    internal void Wake() => _note.Wake();

    private void TryStart()
    {
        if (_scheduler.Threads.CurrentRefusal is not null)
        {
            Volatile.Write(ref _started, 0);
            return;
        }

        try
        {
            StartThread();
            _scheduler.Threads.Granted();
        }
        catch (Exception exception) when (ThreadSupply.IsRefusal(exception))
        {
            _scheduler.Threads.Refused(exception);
            Volatile.Write(ref _started, 0); // the next thread that takes a P tries again
        }
    }

    private void StartThread()
    {
        Thread thread = new(static self => ((Sysmon)self!).Run(), maxStackSize: 256 * 1024)
        {
            IsBackground = true,
            Name = $"{_scheduler.Name} sysmon",
        };
        thread.UnsafeStart(this);
    }

    private void Run()
    {
        _threadId = KernelThread.CurrentId();
        int idleRounds = 0;
        long delay = Shortest;
        long last = Clock.SystemNanoseconds();
        long watchedFrom = _scheduler.Driver is null ? last + LastsLong : long.MaxValue;
        long quietSince = long.MaxValue;
        long ticks = 0;
        while (!_scheduler.IsStopping || _scheduler.AllMs.Count != 0)
        {
            long longest = _scheduler.IsThrottling && !_scheduler.AreAllPsIdle ? LongestThrottling : Longest;
            delay = idleRounds == 0 ? Shortest : idleRounds > 50 ? Math.Min(2 * delay, longest) : delay;
            _note.Sleep(delay);
            long now = Clock.SystemNanoseconds();
            if (now - last > delay + (TimeSlice / 2))
            {
                LeaveOut(now - last - delay); // a collection, or the machine, stopped all threads
            }

            last = now;
            if (now >= watchedFrom)
            {
                watchedFrom = long.MaxValue;
                ThreadPool.UnsafeQueueUserWorkItem(_scheduler.Reports.Lasts, _scheduler, preferLocal: false);
            }

            _scheduler.ReadClock();
            long ticksNow = _scheduler.Turns;
            if (_scheduler.AreAllPsIdle)
            {
                // A burst of turns between two looks is not quiet, even if every P is idle again.
                quietSince = ticks == ticksNow ? Math.Min(quietSince, now) : now;
                ticks = ticksNow;
                long quiet = now - quietSince;
                long wanted = _scheduler.Deadlocks.QuietWanted(ticks);
                if (quiet >= wanted)
                {
                    _scheduler.Deadlocks.Check(ticks, quiet);
                    wanted = _scheduler.Deadlocks.QuietWanted(ticks);
                }

                if (quiet > QuietBeforeSleep && SleepWhileIdle(ticks, wanted == long.MaxValue ? -1 : Math.Max(0, wanted - quiet), out bool woken))
                {
                    _waitedBefore = false;
                    quietSince = woken ? long.MaxValue : quietSince;
                    idleRounds = woken ? 0 : idleRounds;
                    last = Clock.SystemNanoseconds();
                    continue;
                }
            }
            else
            {
                quietSince = long.MaxValue;
            }

            _scheduler.PollNetIfLate(now);
            if (_scheduler.Stacks.AnyRefused && now - _triedThreadAt >= TimeSlice)
            {
                _triedThreadAt = now;
                _scheduler.RetryRefused();
            }

            idleRounds = Retake(now) ? 0 : idleRounds + 1;
        }
    }

    /// <summary>Sleeps until a P is taken, if every P is idle.</summary>
    /// <param name="ticks">The number of turns that had been run when everything was last seen idle.</param>
    /// <param name="limit">How long to sleep at most, in nanoseconds, because it is time to look for a deadlock then; −1 for no limit.</param>
    /// <param name="woken">Whether something has happened, rather than the time being up.</param>
    /// <returns>Whether every P was idle.</returns>
    private bool SleepWhileIdle(long ticks, long limit, out bool woken)
    {
        woken = true;
        _asleep = true;
        Interlocked.MemoryBarrier(); // pairs with the one in WakeIfAsleep
        bool idle = _scheduler.AreAllPsIdle && !_scheduler.AnyQueuedGlobally && !_scheduler.Stacks.AnyRefused && !_scheduler.IsStopping && ticks == _scheduler.Turns;
        if (idle)
        {
            woken = _note.Sleep(limit);
        }

        _asleep = false;
        return idle;
    }

    /// <summary>Does one round over the Ps. Returns whether anything was done.</summary>
    private bool Retake(long now)
    {
        P[] all = _scheduler.AllPs;
        if (_observed.Length < all.Length)
        {
            Array.Resize(ref _observed, all.Length);
        }

        bool waiting = WorkWaits();
        if (waiting && _waitedBefore)
        {
            Volatile.Write(ref _stalled, _stalled + now - _lookedAt);
        }

        _waitedBefore = waiting;
        _lookedAt = now;
        bool unattended = !waiting && _scheduler.IsNetUnattended;
        bool acted = false;
        for (int i = 0; i < all.Length; i++)
        {
            P p = all[i];
            if (_observed[i].Pace.Look(Volatile.Read(ref p.TurnTick), now) is { } areShort && areShort != p.TurnsAreShort)
            {
                p.TurnsAreShort = areShort;
            }

            acted |= Observe(p, ref _observed[i], now, waiting, unattended);
            FreeSlotOfLongTurn(p, in _observed[i], now);
        }

        if (waiting && _scheduler.IdlePs != 0 && !_scheduler.AnySpins)
        {
            // There is a free P and work that no worker has come for: it was left to its owner.
            if (NextWaits(all))
            {
                Volatile.Write(ref _foundWaiting, _foundWaiting + 1);
                _scheduler.WakeForLeft();
                acted = true;
            }
            else if (now - _triedWakingAt >= LongestThrottling)
            {
                _triedWakingAt = now;
                _scheduler.WakeOne();
            }
        }

        return acted;
    }

    private bool Observe(P p, ref Observation seen, long now, bool workWaits, bool unattended)
    {
        uint schedule = Volatile.Read(ref p.ScheduleTick);
        long turn = Volatile.Read(ref p.TurnTick);
        uint syscall = Volatile.Read(ref p.SyscallTick);
        PStatus status = p.Status;
        if (status is not (PStatus.Running or PStatus.Syscall))
        {
            return false;
        }

        bool sameTurn = seen.Turn == turn;
        if (!sameTurn)
        {
            _computingBound.TurnEnded(now);
            seen.Turn = turn;
            seen.InTurn.Begin(now);
            seen.TurnSeen = 0;
        }

        // Also in a blocking region: a chain of goroutines that spend their turns in short regions has a slice like any other.
        if (seen.Schedule != schedule)
        {
            seen.Schedule = schedule;
            seen.InSlice.Begin(now);
        }
        else if (workWaits && seen.InSlice.Lasted(now) >= TimeSlice)
        {
            p.Preempt = true;
        }

        if (status == PStatus.Syscall)
        {
            // A body that goes from one short region to the next keeps its P for no longer than one that computes.
            bool overdue = sameTurn && workWaits && _scheduler.IdlePs == 0 && seen.InTurn.Lasted(now) >= TimeSlice;
            if (seen.Syscall != syscall)
            {
                seen.Syscall = syscall;
                seen.InSyscall.Begin(now);
                if (!overdue)
                {
                    return false;
                }
            }

            // Leave it alone for a while if nothing would be gained by taking it.
            if (!workWaits && (_scheduler.AnySpins || _scheduler.IdlePs != 0) && seen.InSyscall.Lasted(now) < TimeSlice)
            {
                return false;
            }

            if (p.TryTakeFromSyscall(PStatus.Running))
            {
                p.SyscallTick++;
                p.Worker = null;
                _scheduler.HandOff(p);
                return true;
            }

            return false;
        }

        if (!sameTurn)
        {
            return false;
        }

        seen.TurnSeen++;
        if (!workWaits || _scheduler.IsExplored)
        {
            // Work may wait in the network, where no worker looks. A worker that sleeps in its turn will not look soon.
            return unattended && !_scheduler.IsExplored && _scheduler.IdlePs == 0 && !p.Compensated && CompensateIfStuck(p, in seen, now, onlyIfAsleep: true);
        }

        bool acted = _scheduler.IdlePs == 0 && !p.Compensated && CompensateIfStuck(p, in seen, now);
        return ((p.Compensated || seen.InTurn.Lasted(now) >= TimeSlice) && OffloadQueue(p)) || acted;
    }

    /// <summary>Frees the slot of a long turn: its body may be waiting, unnoticed, for a continuation that its goroutine keeps for
    /// its next turn.</summary>
    private static void FreeSlotOfLongTurn(P p, in Observation seen, long now)
    {
        if (seen.TurnSeen != 0 && seen.InTurn.Lasted(now) >= TimeSlice && p.Worker?.CurrentG is { } g)
        {
            g.FreeSlotOfLongTurn();
        }
    }

    /// <summary>
    /// Moves into the global queue the goroutines that cannot run because a body does not yield. The other workers steal only when
    /// they have nothing else to do, which may be never; in Go the body itself would go to the back of the queue.
    /// </summary>
    /// <returns>Whether any goroutine was waiting there.</returns>
    private bool OffloadQueue(P p)
    {
        GList waiting = default;
        while (waiting.Count <= RunQueue.Capacity && p.Queue.TakeOutside() is { } g)
        {
            waiting.Add(g);
        }

        bool late = p.Timers.NextWhen <= _scheduler.CoarseNow;
        if (late)
        {
            _scheduler.RunDueTimers(p.Timers); // without a P here: what the timers ready goes to the global queue
        }

        _scheduler.EnqueueReady(null, ref waiting, wake: true);
        return late || waiting.Count != 0;
    }

    /// <summary>
    /// Handles a long turn while work waits: puts another P beside this one. It does so at once if the P's thread sleeps. If
    /// the thread computes, it does so after a time slice, and only if there are not too many such Ps
    /// (<see cref="ComputingBound"/>).
    /// </summary>
    private bool CompensateIfStuck(P p, in Observation seen, long now, bool onlyIfAsleep = false)
    {
        bool overdue = seen.InTurn.Lasted(now) >= TimeSlice;
        if ((!overdue && seen.TurnSeen < 2) || p.Worker is not { } worker || (worker.CurrentG is null && !worker.RunsWork))
        {
            return false;
        }

        bool computes = !worker.IsAsleep;
        if (computes && !(overdue && !onlyIfAsleep && _computingBound.AllowsMore(_scheduler.ComputingPs, _scheduler.MaxProcs, now)))
        {
            return false;
        }

        if (!_scheduler.Compensate(p, computes))
        {
            return false;
        }

        if (computes)
        {
            _computingBound.TurnEnded(now); // the next one has to wait equally long
        }

        _scheduler.WakeOne();
        return true;
    }

    /// <summary>Returns whether a goroutine has waited since the last look while its P's worker was in one and the same body.</summary>
    private bool NextWaits(P[] all)
    {
        for (int i = 0; i < all.Length; i++)
        {
            if (!all[i].Queue.IsEmpty && _observed[i].TurnSeen != 0)
            {
                return true;
            }
        }

        return _scheduler.AnyQueuedGlobally;
    }

    private bool WorkWaits()
    {
        if (_scheduler.AnyQueuedGlobally)
        {
            return true;
        }

        long now = _scheduler.CoarseNow;
        long when = long.MaxValue;
        int timers = 0;
        foreach (P p in _scheduler.AllPs)
        {
            if (!p.Queue.IsEmpty)
            {
                return true;
            }

            when = Math.Min(when, p.Timers.NextWhen);
            timers += p.Timers.Count;
        }

        return when <= now && !_scheduler.TimersCanWait(timers, now);
    }

    private void LeaveOut(long pause)
    {
        _computingBound.LeaveOut(pause);
        foreach (ref Observation seen in _observed.AsSpan())
        {
            seen.InSlice.LeaveOut(pause);
            seen.InTurn.LeaveOut(pause);
            seen.InSyscall.LeaveOut(pause);
            seen.Pace.LeaveOut(pause);
        }
    }

    /// <summary>What was seen of one P, and how long that has not changed.</summary>
    private struct Observation
    {
        internal uint Schedule;
        internal long Turn;
        internal uint Syscall;
        internal int TurnSeen;
        internal Stretch InSlice;
        internal Stretch InTurn;
        internal Stretch InSyscall;
        internal Pace Pace;
    }
}
