namespace Goroutines.Runtime;

/// <summary>A scheduler that a test directs; see <see cref="Scheduler.Driver"/>.</summary>
/// <remarks>
/// <b>The last one to go idle.</b> A worker that has found nothing and given up its P (steps I1 to I3 of the protocol) calls
/// <see cref="OnAllIdle"/>. It evaluates only if it is the last: every P is idle and no worker spins. The spinning count is
/// held at 1 while the driver looks, so that what it readies wakes no second worker, and so that another worker which goes
/// idle meanwhile (one that came back from a blocking region) sees that it is not the last. That worker has stored
/// <c>_idleMissed</c> before it looked at the count; the evaluator clears it after it has raised the count, and reads it
/// after it has lowered it. So either the other worker sees a count of 0 and evaluates, or the evaluator sees the flag and
/// looks again, or the evaluation began after the other worker was idle.
/// </remarks>
internal sealed partial class Scheduler
{
    private int _idleMissed;

    /// <summary>The driver that directs this scheduler; null outside tests.</summary>
    internal ScheduleDriver? Driver { get; }

    internal bool IsExplored => Driver is { Explores: true };

    /// <summary>Takes everything that is queued, in the order in which it would have run.</summary>
    internal void TakeQueued(P p, List<G> into)
    {
        while (p.Queue.Get(out _) is { } g)
        {
            into.Add(g);
        }

        while (_global.TakeAny() is { } g)
        {
            into.Add(g);
        }
    }

    /// <summary>Runs <paramref name="main"/> and everything it starts with the calling thread as the worker, until the scheduler is stopped.</summary>
    internal void WorkHere(G main)
    {
        M m = new(this, _workers.NextId()) { NextP = TryTakeIdleP() };
        _workers.All.Add(m, ref _lock);
        Start(main);

        m.Run();
    }

    /// <summary>Wakes a worker to check for work: a time has come for which no worker sleeps.</summary>
    internal void WakeForDriver() => WakeIfIdle();

    /// <summary>Returns when the first armed timer of all Ps is due, or <see cref="long.MaxValue"/> if there is none.</summary>
    internal long FindNextTimer()
    {
        long when = long.MaxValue;
        foreach (P p in _procs.All)
        {
            when = Math.Min(when, p.Timers.FindNextArmed());
        }

        return when;
    }

    /// <summary>Like <see cref="FindRunnable"/>, with a driver: the driver is notified which goroutine has the next turn, or chooses it.</summary>
    internal G? FindDriven(M m, out bool inheritTime)
    {
        inheritTime = false;
        G? g = IsExplored ? FindByDriver(m) : FindRunnable(m, out inheritTime);
        if (g is not null)
        {
            Driver!.TurnBegins(g);
        }

        return g;
    }

    private G? FindByDriver(M m)
    {
        while (!_stopping && !m.Retiring)
        {
            P p = m.P!;
            if (Driver!.Next(p) is { } g)
            {
                return g;
            }

            if (_stopping)
            {
                break;
            }

            SynchronizationContext.SetSynchronizationContext(null);
            if (GoIdle(m, p) is { } late)
            {
                p.Queue.PushNext(late, this);
            }
        }

        return null;
    }

    /// <summary>Called when a worker has gone idle. Returns whether there is something to do after all.</summary>
    private bool OnAllIdle()
    {
        Volatile.Write(ref _idleMissed, 1);
        Interlocked.MemoryBarrier();
        if (!IsQuiet() || Interlocked.CompareExchange(ref _spinning, 1, 0) != 0)
        {
            return false;
        }

        Interlocked.Exchange(ref _idleMissed, 0);
        bool more = Driver!.OnAllIdle();
        Interlocked.Decrement(ref _spinning);
        if (!more)
        {
            // A thread that put work into a queue meanwhile has seen this worker spin, and woken none.
            long when = LookAgain(out more, out _);
            more |= IsDue(when) || Volatile.Read(ref _idleMissed) != 0;
        }

        return more;
    }

    /// <summary>Returns whether every P is idle, and no turn was given since <see cref="Turns"/> was read as <paramref name="turns"/>.</summary>
    internal bool IsStillQuiet(long turns)
    {
        Interlocked.MemoryBarrier();
        return turns == Turns && IsQuiet();
    }

    private bool IsQuiet()
    {
        if (!_procs.AreAllIdle || !_global.IsEmpty)
        {
            return false;
        }

        foreach (P p in _procs.All)
        {
            if (!p.Queue.IsEmpty)
            {
                return false;
            }
        }

        return true;
    }
}
