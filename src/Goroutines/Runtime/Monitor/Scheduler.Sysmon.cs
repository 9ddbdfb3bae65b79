using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>
/// The monitor thread (runtime/proc.go: <c>sysmon</c>): takes Ps from workers in blocking regions, asks for preemption,
/// puts Ps beside stuck ones, wakes for late timers, and finds deadlocks. It has no P.
/// </summary>
/// <remarks>
/// It looks every 20 microseconds while it finds something to do, and up to every 10 ms while it does not; when every P
/// has been idle for a while it sleeps until a P is taken again. <c>_sysmonAsleep</c> is stored by it before it looks at
/// the idle count for the last time, and read by whoever takes a P after it has changed the count; both with a fence.
/// </remarks>
internal sealed partial class Scheduler
{
    private const long SysmonShortest = 20_000;
    private const long SysmonLongest = 10_000_000;

    /// <summary>How late goroutines that were left to their owner may be found waiting, and how often it is tried whether a
    /// worker finds enough to do by now. More often, sysmon itself costs the workers several percent.</summary>
    private const long SysmonLeavingFew = 1_000_000;
    private const long TimeSlice = 10_000_000;

    private const long QuietBeforeSleep = 150_000_000;

    /// <summary>A runtime that has lasted this long is told of by the meter; making that takes ten milliseconds, which a short program need not spend.</summary>
    private const long LastsLong = 20_000_000;

    private readonly ParkingNote _sysmonNote = new();
    private int _sysmonStarted;
    private volatile bool _sysmonAsleep;
    private volatile int _sysmonThreadId;
    private Observation[] _observed = [];
    private ComputingBound _computingBound;
    private long _triedWakingAt;

    /// <summary>Called after a P was taken from the idle list or left in a blocking region.</summary>
    internal void WakeSysmon()
    {
        Interlocked.MemoryBarrier(); // pairs with the one in SleepWhileIdle
        if (_sysmonAsleep)
        {
            _sysmonNote.Wake();
        }
        else if (_sysmonStarted == 0 && Interlocked.Exchange(ref _sysmonStarted, 1) == 0)
        {
            TryStartSysmon();
        }
    }

    private void RunSysmon()
    {
        _sysmonThreadId = KernelThread.CurrentId();
        int idleRounds = 0;
        long delay = SysmonShortest;
        long last = Clock.SystemNanoseconds();
        long watchedFrom = Driver is null ? last + LastsLong : long.MaxValue;
        long quietSince = long.MaxValue;
        long ticks = 0;
        while (!_stopping || _workers.All.Length != 0)
        {
            long longest = _wakes.LeavesFew && !_procs.AreAllIdle ? SysmonLeavingFew : SysmonLongest;
            delay = idleRounds == 0 ? SysmonShortest : idleRounds > 50 ? Math.Min(2 * delay, longest) : delay;
            _sysmonNote.Sleep(delay);
            long now = Clock.SystemNanoseconds();
            if (now - last > delay + (TimeSlice / 2))
            {
                Forgive(now - last - delay); // a collection, or the machine, stopped everybody
            }

            last = now;
            if (now >= watchedFrom)
            {
                watchedFrom = long.MaxValue;
                ThreadPool.UnsafeQueueUserWorkItem(Reports.Lasts, this, preferLocal: false);
            }

            ReadClock();
            long ticksNow = Turns;
            if (_procs.AreAllIdle)
            {
                // A burst of turns between two looks is no quiet, though every P is idle again.
                quietSince = ticks == ticksNow ? Math.Min(quietSince, now) : now;
                ticks = ticksNow;
                long quiet = now - quietSince;
                long wanted = QuietWanted(ticks);
                if (quiet >= wanted)
                {
                    CheckDeadlock(ticks, quiet);
                    wanted = QuietWanted(ticks);
                }

                if (quiet > QuietBeforeSleep && SleepWhileIdle(ticks, wanted == long.MaxValue ? -1 : Math.Max(0, wanted - quiet), out bool woken))
                {
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

            PollNetIfLate(now);
            idleRounds = Retake(now) ? 0 : idleRounds + 1;
        }
    }

    /// <summary>Sleeps until a P is taken, if every P is idle.</summary>
    /// <param name="ticks">The turns that had been run when all was last seen idle.</param>
    /// <param name="limit">For so long at most, in nanoseconds, because it is time to look for a deadlock then; −1: no limit.</param>
    /// <param name="woken">Whether something has happened, rather than the time passed.</param>
    /// <returns>Whether every P was idle.</returns>
    private bool SleepWhileIdle(long ticks, long limit, out bool woken)
    {
        woken = true;
        _sysmonAsleep = true;
        Interlocked.MemoryBarrier(); // pairs with the one in WakeSysmon
        bool idle = _procs.AreAllIdle && _global.Count == 0 && !_stopping && ticks == Turns;
        if (idle)
        {
            woken = _sysmonNote.Sleep(limit);
        }

        _sysmonAsleep = false;
        return idle;
    }

    /// <summary>One round over the Ps; whether anything was done.</summary>
    private bool Retake(long now)
    {
        P[] all = _procs.All;
        if (_observed.Length < all.Length)
        {
            Array.Resize(ref _observed, all.Length);
        }

        bool waiting = WorkWaits();
        bool acted = false;
        for (int i = 0; i < all.Length; i++)
        {
            acted |= Observe(all[i], ref _observed[i], now, waiting);
            FreeSlotOfLongTurn(all[i], in _observed[i], now);
        }

        if (waiting && _procs.IdleCount != 0 && _spinning == 0)
        {
            // A free P and work that nobody has come for: it was left to its owner.
            if (NextWaits(all))
            {
                _wakes.Forget();
                WakeOne();
                acted = true;
            }
            else if (now - _triedWakingAt >= SysmonLeavingFew)
            {
                _triedWakingAt = now;
                WakeOne();
            }
        }

        return acted;
    }

    private bool Observe(P p, ref Observation seen, long now, bool workWaits)
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
            seen.TurnSince = now;
            seen.TurnSeen = 0;
        }

        // Also in a blocking region: a chain of goroutines that spend their turns in short ones has a slice like any other.
        if (seen.Schedule != schedule)
        {
            seen.Schedule = schedule;
            seen.ScheduleSince = now;
        }
        else if (workWaits && now - seen.ScheduleSince >= TimeSlice)
        {
            p.Preempt = true;
        }

        if (status == PStatus.Syscall)
        {
            // A body that goes from one short region to the next keeps its P for no longer than one that computes.
            bool overdue = sameTurn && workWaits && _procs.IdleCount == 0 && now - seen.TurnSince >= TimeSlice;
            if (seen.Syscall != syscall)
            {
                seen.Syscall = syscall;
                seen.SyscallSince = now;
                if (!overdue)
                {
                    return false;
                }
            }

            // Leave it alone for a while if nothing would be gained by taking it.
            if (!workWaits && _spinning + _procs.IdleCount > 0 && now - seen.SyscallSince < TimeSlice)
            {
                return false;
            }

            if (p.TryTakeFromSyscall(PStatus.Running))
            {
                p.SyscallTick++;
                p.Worker = null;
                HandOff(p);
                return true;
            }

            return false;
        }

        if (!sameTurn)
        {
            return false;
        }

        seen.TurnSeen++;
        if (!workWaits || IsExplored)
        {
            return false;
        }

        bool acted = _procs.IdleCount == 0 && !p.Compensated && CompensateIfStuck(p, in seen, now);
        return ((p.Compensated || now - seen.TurnSince >= TimeSlice) && Relieve(p)) || acted;
    }

    /// <summary>A body may be waiting, without saying so, for a continuation that its goroutine keeps for its next turn.</summary>
    private static void FreeSlotOfLongTurn(P p, in Observation seen, long now)
    {
        if (seen.TurnSeen != 0 && now - seen.TurnSince >= TimeSlice && p.Worker?.CurrentG is { } g)
        {
            g.FreeSlotOfLongTurn();
        }
    }

    /// <summary>
    /// What a body that does not give way keeps from running goes to everybody. The other workers steal only when they have
    /// nothing else to do, which may be never; in Go the body itself would go to the back of the queue.
    /// </summary>
    /// <returns>Whether anything was waiting there.</returns>
    private bool Relieve(P p)
    {
        GList waiting = default;
        while (waiting.Count <= RunQueue.Capacity && p.Queue.TakeOutside() is { } g)
        {
            waiting.Add(g);
        }

        bool late = p.Timers.NextWhen <= CoarseNow;
        if (late)
        {
            RunDueTimers(p.Timers); // without a P here: what they ready goes to the global queue
        }

        PutReady(null, ref waiting, wake: true);
        return late || waiting.Count != 0;
    }

    /// <summary>
    /// A turn that lasts, and work that waits: another P goes beside this one, at once if its thread sleeps, after a time slice
    /// and if there are not too many of them (<see cref="ComputingBound"/>) if it computes.
    /// </summary>
    private bool CompensateIfStuck(P p, in Observation seen, long now)
    {
        bool overdue = now - seen.TurnSince >= TimeSlice;
        if ((!overdue && seen.TurnSeen < 2) || p.Worker is not { CurrentG: not null } worker)
        {
            return false;
        }

        bool computes = !worker.IsAsleep;
        if (computes && !(overdue && _computingBound.AllowsMore(_procs.Computing, _procs.Wanted, now)))
        {
            return false;
        }

        if (!Compensate(p, computes))
        {
            return false;
        }

        if (computes)
        {
            _computingBound.TurnEnded(now); // the next one has to wait as long again
        }

        WakeOne();
        return true;
    }

    /// <summary>Whether a goroutine has waited since the last look while its P's worker was in one and the same body.</summary>
    private bool NextWaits(P[] all)
    {
        for (int i = 0; i < all.Length; i++)
        {
            if (!all[i].Queue.IsEmpty && _observed[i].TurnSeen != 0)
            {
                return true;
            }
        }

        return _global.Count != 0;
    }

    private bool WorkWaits()
    {
        if (_global.Count != 0)
        {
            return true;
        }

        long now = CoarseNow;
        foreach (P p in _procs.All)
        {
            if (!p.Queue.IsEmpty || p.Timers.NextWhen <= now)
            {
                return true;
            }
        }

        return false;
    }

    private void Forgive(long pause)
    {
        _computingBound.Forgive(pause);
        foreach (ref Observation seen in _observed.AsSpan())
        {
            seen.ScheduleSince += pause;
            seen.TurnSince += pause;
            seen.SyscallSince += pause;
        }
    }

    /// <summary>What was seen of one P, and since when it has not changed.</summary>
    private struct Observation
    {
        internal uint Schedule;
        internal long Turn;
        internal uint Syscall;
        internal int TurnSeen;
        internal long ScheduleSince;
        internal long TurnSince;
        internal long SyscallSince;
    }
}
