using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Finding the next goroutine for a worker (runtime/proc.go: <c>findRunnable</c>).</summary>
/// <remarks>
/// <para><b>Every goroutine gets a turn.</b> A goroutine in <c>runnext</c> runs before those in the ring and inherits the time
/// slice of the goroutine that made it ready. Two goroutines that make each other ready would keep the P for ever that way. Hence
/// a chain of inherited turns has only one time slice in total; after that, its goroutine queues behind the ring
/// (<see cref="EndSlice"/>). The holder of the P counts the inherited turns itself: after every 64 it reads the clock, and after
/// 128 looks the slice is over whatever the clock says. So the bound holds for goroutines of either kind, inside blocking regions
/// or not, and without sysmon. Sysmon shortens the slices of chains whose single turns are long: it sets <see cref="P.Preempt"/>
/// after 10 ms.</para>
/// <para>The other queues get their turn, too. The global queue is looked at every 61 slices and at the end of every second slice
/// that was used up; the timers before every turn; the network by the poller, or by sysmon after 10 ms.</para>
/// <para><b>Rejected:</b> a limit on the number of turns alone. If the limit is small, chains with long turns get many times the
/// share of those with short turns; if it is large, the others wait for seconds. Also rejected: sysmon alone, as in Go. Sysmon has
/// to infer from ticks what is running, and nothing ends what it does not see.</para>
/// </remarks>
internal sealed partial class Scheduler
{
    private const int GlobalEvery = 61;

    /// <summary>Rounds over the other Ps. The last round takes from more than the rings.</summary>
    [ModelValue(1)]
    private static int StealRounds => 4;

    /// <summary>The number of inherited turns between two looks at a chain's slice. A look reads the clock, which costs as much as half a
    /// turn.</summary>
    [ModelValue(2)]
    internal static int TurnsPerLook => 64;

    /// <summary>The number of looks after which a chain's slice is over in any case: about a millisecond of the shortest turns.</summary>
    [ModelValue(2)]
    private static int LooksPerSlice => 128;

    /// <summary>How often to check whether a lone <c>runnext</c> moves before it is taken.</summary>
    [ModelValue(1)]
    private static int LooksAtNext => 24;

    /// <summary>Decides whether few goroutines are left to their owner. Where that was wrong, sysmon corrects it (see
    /// <see cref="Runtime.Sysmon"/>).</summary>
    private WakeThrottle _wakes;

    internal bool IsThrottling => _wakes.IsThrottling;

    /// <summary>For tests, which make up what the workers have seen.</summary>
    internal ref WakeThrottle Wakes => ref _wakes;

    /// <summary>Blocks until there is a goroutine for <paramref name="m"/> to run. Returns null if the worker should end.</summary>
    internal G? FindRunnable(M m, out bool inheritTime)
    {
        inheritTime = false;
        while (true)
        {
            if (_stopping || m.Retiring)
            {
                return null;
            }

            P p = m.P!;
            if (p.Compensated || _procs.Surplus > 0)
            {
                RetireIfSurplus(m, p);
                if (!m.HasP)
                {
                    ParkWithoutP(m);
                    continue;
                }
            }

            RunDueTimers(p.Timers);
            G? g = TakeInTurn(p, out inheritTime) ?? PollNet(p) ?? Spin(m, p);
            if (g is not null)
            {
                return g;
            }

            if (GoIdle(m, p) is { } late)
            {
                return late;
            }
        }
    }

    /// <summary>
    /// Takes the next goroutine for <paramref name="p"/> from <c>runnext</c>, the ring or the global queue, so that each gets its
    /// turn. The caller holds the P and has run the due timers first. A timer that is due at every look would otherwise take
    /// <c>runnext</c>, and with it the slice, for good.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private G? TakeInTurn(P p, out bool inheritTime)
    {
        if ((p.Preempt || p.TurnsToLook <= 0) && SliceIsOver(p) && EndSlice(p) is { } waited)
        {
            inheritTime = false;
            return waited;
        }

        if (p.ScheduleTick % GlobalEvery == 0)
        {
            p.Queue.ClearStale();
            if (_global.Take(p, 1, _procs.Wanted) is { } fair)
            {
                inheritTime = false;
                return fair;
            }
        }

        return p.Queue.Get(out inheritTime) ?? _global.Take(p, int.MaxValue, _procs.Wanted);
    }

    /// <summary>Returns whether the chain of <c>runnext</c> that runs on <paramref name="p"/> has used up its time slice. See the remarks of this
    /// class.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool SliceIsOver(P p)
    {
        p.TurnsToLook = TurnsPerLook;
        if (p.Preempt)
        {
            p.Preempt = false;
            return true;
        }

        long now = Clock.SystemNanoseconds();
        if (p.LookedAtChain != p.ScheduleTick)
        {
            p.LookedAtChain = p.ScheduleTick;
            p.ChainSince = now;
            p.ChainLooks = 0;
        }

        p.ChainLooks++;
        return p.ChainLooks >= LooksPerSlice || now - p.ChainSince >= Sysmon.TimeSlice;
    }

    /// <summary>Ends a chain's slice: its goroutine goes to the back of the ring, and the goroutines that wait get their turn.</summary>
    /// <returns>A goroutine from the global queue, which turns of a whole slice would otherwise reach only after 61 of them; or
    /// null if the ring is next. The two queues alternate, or a steady stream into the global queue would starve the
    /// ring.</returns>
    private G? EndSlice(P p)
    {
        p.Queue.KickNext(this);
        p.GlobalHadTurn = !p.GlobalHadTurn || p.Queue.IsRingEmpty;
        G? waited = p.GlobalHadTurn ? _global.Take(p, 1, _procs.Wanted) : null;
        p.GlobalHadTurn = waited is not null;
        return waited;
    }

    /// <summary>Looks through the other Ps, unless enough workers already do.</summary>
    private G? Spin(M m, P p)
    {
        if (!m.Spinning)
        {
            if (2 * _spinning >= _procs.All.Length - _procs.IdleCount)
            {
                return null;
            }

            m.IdleSince = Clock.SystemNanoseconds();
            m.Spinning = true;
            Interlocked.Increment(ref _spinning);
        }

        p.Trace?.HasSearched();
        return Steal(p);
    }

    private G? Steal(P p)
    {
        p.Searches++;
        for (int round = 0; round < StealRounds; round++)
        {
            bool lastRound = round == StealRounds - 1;
            int first = (int)(p.NextRandom() % (uint)_procs.All.Length);
            foreach (P victim in _procs.Searched.From(first, _procs))
            {
                if (ReferenceEquals(victim, p))
                {
                    continue;
                }

                p.Looks++;
                if (lastRound)
                {
                    // Run the late timers of a P whose body does not yield, or that no worker holds.
                    RunDueTimers(victim.Timers);
                    if (p.Queue.Get(out _) is { } fired)
                    {
                        return fired;
                    }
                }

                if (p.Queue.StealFrom(victim.Queue, takeNext: lastRound && IsNextStuck(victim)) is { } stolen)
                {
                    p.Steals++;
                    p.Trace?.Note(TraceEventKind.Steal, stolen.Id);
                    return stolen;
                }
            }

            if (_global.Take(p, int.MaxValue, _procs.Wanted) is { } g)
            {
                return g;
            }
        }

        return null;
    }

    /// <summary>
    /// Returns whether the owner does not get to its <c>runnext</c>. Usually the owner has just readied it and is about
    /// to park, and taking it would only bounce a pair of goroutines between two cores. So this watches for a few
    /// microseconds first.
    /// </summary>
    private static bool IsNextStuck(P victim)
    {
        if (victim.Queue.Next is not { } next)
        {
            return false;
        }

        long turn = Volatile.Read(ref victim.TurnTick);
        for (int i = 0; i < LooksAtNext; i++)
        {
            Thread.SpinWait(4);
            if (!ReferenceEquals(victim.Queue.Next, next) || Volatile.Read(ref victim.TurnTick) != turn)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Gives up the P and sleeps until there is a P again with something to do: steps I1 to I3 of the protocol.</summary>
    /// <returns>A goroutine that came in at the last moment, or null to look again.</returns>
    private G? GoIdle(M m, P p)
    {
        // What this worker has polled or expired itself may have made a goroutine ready on its own P, and nobody looks at an idle one.
        if ((p.Queue.Get(out _) ?? _global.Take(p, int.MaxValue, _procs.Wanted)) is { } own)
        {
            return own;
        }

        _lock.Enter();
        if (_stopping || _procs.Surplus > 0 || p.Compensated)
        {
            _lock.Exit();
            return null;
        }

        p.Queue.ClearStale();
        p.Trace?.Note(TraceEventKind.Idle);
        m.Release();
        _procs.PutIdle(p);
        _workers.CountSleep();
        _lock.Exit();
        SynchronizationContext.SetSynchronizationContext(null); // drops the last goroutine that ran here: see ParkWithoutP

        if (m.Spinning)
        {
            _wakes.WorkerSleeps(m.FoundWork, m.IdleSince);
            m.FoundWork = false;
            m.Spinning = false;
            Interlocked.Decrement(ref _spinning); // full fence: I2, pairs with WakeIfIdle
        }
        else
        {
            Interlocked.MemoryBarrier(); // likewise
        }

        long pollUntil = LookAgain(out bool work, out int timers);
        if (work || IsWorthStaying(pollUntil, timers) || (Driver is not null && OnAllIdle()))
        {
            if (TryTakeIdleP() is { } again)
            {
                m.Acquire(again);
                m.Spinning = true;
                Interlocked.Increment(ref _spinning);
            }
            else
            {
                ParkWithoutP(m); // the workers that took the Ps have taken the work, too
            }
        }
        else
        {
            SleepUntil(m, pollUntil);
        }

        return null;
    }

    /// <summary>Checks whether any goroutine waits in a queue, how many timers there are, and when the first is due.</summary>
    private long LookAgain(out bool work, out int timers)
    {
        work = !_global.IsEmpty;
        timers = 0;
        long pollUntil = long.MaxValue;
        foreach (P p in _procs.Searched.From(0, _procs))
        {
            work = work || !p.Queue.IsRingEmpty || IsNextStuck(p);
            pollUntil = Math.Min(pollUntil, p.Timers.NextWhen);
            timers += p.Timers.Count;
        }

        return pollUntil;
    }

    private bool IsDue(long when) => when != long.MaxValue && when <= Clock.Now;

    /// <summary>Returns whether a timer is due that can't wait for the worker in the poller's slot. Called by one that goes there otherwise.</summary>
    private bool IsWorthStaying(long when, int timers) => when != long.MaxValue && Clock.Now is var now && when <= now && !TimersCanWait(timers, now);

    /// <summary>Returns whether timers that are due need no worker yet. See <see cref="PollerSlot"/>.</summary>
    internal bool TimersCanWait(int timers, long now) => Clock.IsSystem && _poller.CanWait(timers, now);
}
