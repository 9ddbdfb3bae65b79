namespace Goroutines.Runtime;

/// <summary>A scheduler that a test directs; see <see cref="Scheduler.Driver"/>.</summary>
/// <remarks>
/// <b>The last one to go idle.</b> A worker that has found nothing and given its P up (steps I1 to I3 of the protocol) calls
/// <see cref="OnAllIdle"/>. It evaluates only if it is the last: every P idle, nobody spinning. The spinning count is
/// held at 1 while the driver looks, so that what it readies wakes no second worker, and so that another worker
/// which goes idle meanwhile (one that came back from a blocking region) sees that it is not the last. That one has
/// stored <c>_idleMissed</c> before it looked at the count; the evaluator clears it after it has raised the count, and reads
/// it after it has lowered it. So either the other one sees a count of 0 and evaluates, or the evaluator sees the flag and
/// looks again, or the evaluation began after the other one was idle.
/// </remarks>
internal sealed partial class Scheduler
{
    private int _idleMissed;

    /// <summary>What directs this scheduler; null outside of tests.</summary>
    internal ScheduleDriver? Driver { get; }

    internal bool IsExplored => Driver is { Explores: true };

    /// <summary>Takes all that is queued, in the order in which it would have run.</summary>
    internal void TakeQueued(P p, List<G> into)
    {
        while (p.Queue.Get(out _) is { } g)
        {
            into.Add(g);
        }

        if (_global.Count != 0)
        {
            _lock.Enter();
            while (_global.Pop() is { } g)
            {
                into.Add(g);
            }

            _lock.Exit();
        }
    }

    /// <summary>Runs <paramref name="main"/> and all that comes of it with the calling thread as the worker, until the scheduler is stopped.</summary>
    internal void WorkHere(G main)
    {
        M m = new(this, _workers.NextId()) { NextP = TryTakeIdleP() };
        _workers.All.Add(m, ref _lock);
        Start(main);

        m.Run();
    }

    /// <summary>Wakes a worker to look round: time has come that no worker sleeps for.</summary>
    internal void WakeForDriver() => WakeIfIdle();

    /// <summary>When the first timer of all Ps that still stands is due; <see cref="long.MaxValue"/> when there is none.</summary>
    internal long FindNextTimer()
    {
        long when = long.MaxValue;
        foreach (P p in _procs.All)
        {
            when = Math.Min(when, p.Timers.FindNextArmed());
        }

        return when;
    }

    /// <summary>As <see cref="FindRunnable"/>, where there is a driver: it hears who has the next turn, or chooses it.</summary>
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

    /// <summary>A worker has gone idle; whether there is something to do after all.</summary>
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
            // Whoever put work into a queue meanwhile has seen us spin and woken nobody.
            LookAgain(out more);
            more |= Volatile.Read(ref _idleMissed) != 0;
        }

        return more;
    }

    /// <summary>Whether every P is idle, and no turn was given since <see cref="Turns"/> was read as <paramref name="turns"/>.</summary>
    internal bool IsStillQuiet(long turns)
    {
        Interlocked.MemoryBarrier();
        return turns == Turns && IsQuiet();
    }

    private bool IsQuiet()
    {
        if (!_procs.AreAllIdle || _global.Count != 0)
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
