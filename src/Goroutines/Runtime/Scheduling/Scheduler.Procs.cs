using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>How many Ps there are (runtime/proc.go: <c>procresize</c>), without stopping the world.</summary>
/// <remarks>The rules stand in <see cref="ProcSet"/>.</remarks>
internal sealed partial class Scheduler
{
    internal const int MaxProcsLimit = 1024;

    internal int MaxProcs
    {
        get => _procs.Wanted;
        set
        {
            if (IsExplored)
            {
                return; // one goroutine at a time, always
            }

            _lock.Enter();
            int before = _procs.Wanted;
            _procs.Wanted = value;
            AdjustProcs();
            bool done = _procs.Surplus >= 0 || value <= before;
            if (!done)
            {
                _procs.Wanted = before;
                AdjustProcs();
            }

            _lock.Exit();
            WakeIfIdle(); // the first one wakes the next if there is work for it
            if (!done)
            {
                throw new InsufficientMemoryException($"There is no memory for {value} processors; there are {before}, as before.");
            }
        }
    }

    internal P? TryTakeIdleP()
    {
        if (_procs.IdleCount == 0)
        {
            return null;
        }

        _lock.Enter();
        P? p = _procs.TakeIdle();
        _lock.Exit();
        Sysmon.WakeIfAsleep();
        return p;
    }

    /// <summary>A P beyond those in use, at once. Some worker retires one for it at its next scheduling point.</summary>
    /// <returns>The P; null if there is no memory for it.</returns>
    internal P? TryTakeExtraP()
    {
        _lock.Enter();
        P? p = _procs.TryAdd(this, forTimers: _lateTimers is null);
        _procs.UpdateSurplus();
        _lock.Exit();
        return p;
    }

    /// <summary>The caller's P, which it gives up, goes to a worker that has use for it (handoffp).</summary>
    internal void HandOff(P p)
    {
        if (_stopping)
        {
            GiveUp(p);
            return;
        }

        p.Trace?.Note(TraceEventKind.HandOff);
        if (!p.Queue.IsEmpty || _global.Count != 0 || Driver is not null)
        {
            StartWorker(p, spinning: false); // a driver is told that everything is idle by workers only
            return;
        }

        if (_spinning + _procs.IdleCount == 0 && Interlocked.CompareExchange(ref _spinning, 1, 0) == 0)
        {
            StartWorker(p, spinning: true); // the last P that could look for work must look
            return;
        }

        _lock.Enter();
        if (_global.Count != 0)
        {
            _lock.Exit();
            StartWorker(p, spinning: false);
            return;
        }

        if (_procs.Surplus > 0)
        {
            RetireLocked(p);
        }
        else
        {
            _procs.PutIdle(p);
        }

        _lock.Exit();
        LookAgainWithoutP();
    }

    /// <summary>At a worker's scheduling point: its P is no longer stuck, and is retired if there are too many Ps.</summary>
    private void RetireIfSurplus(M m, P p)
    {
        _lock.Enter();
        _procs.EndCompensation(p);
        if (_procs.Surplus > 0)
        {
            m.Release();
            RetireLocked(p);
            _lock.Exit();
            if (m.Spinning)
            {
                m.Spinning = false; // it can't look any longer, and must not be taken for one that does
                Interlocked.Decrement(ref _spinning);
            }

            LookAgainWithoutP();
            return;
        }

        _lock.Exit();
    }

    /// <summary>Puts another P beside one whose worker makes no progress.</summary>
    /// <returns><see langword="false"/>: it was done already, or the limit on threads forbids it.</returns>
    internal bool Compensate(P stuck, bool computes)
    {
        if (!Threads.Allows(_workers.All.Count))
        {
            return false;
        }

        _lock.Enter();
        bool can = !stuck.Compensated && !_stopping;
        if (can)
        {
            _procs.Compensate(stuck, computes);
            AdjustProcs();
        }

        _lock.Exit();
        if (can)
        {
            TracerIfAny?.NoteOutside(TraceEventKind.Compensated, stuck.Id, 0);
        }

        return can;
    }

    /// <summary>Clears what the run queues' slots still name. While all Ps are idle and the lock is held, nobody takes one, and so nobody steals.</summary>
    internal void ForgetStale()
    {
        _lock.Enter();
        if (_procs.AreAllIdle && _spinning == 0)
        {
            foreach (P p in _procs.All)
            {
                p.Queue.ClearEmpty();
            }
        }

        _lock.Exit();
    }

    private void AdjustProcs()
    {
        Debug.Assert(_lock.IsHeld, "The number of Ps is changed under the lock.");
        _procs.UpdateSurplus();
        while (_procs.Surplus < 0 && _procs.TryAdd(this, forTimers: _lateTimers is null) is { } added)
        {
            _procs.PutIdle(added);
            _procs.UpdateSurplus();
        }

        while (_procs.Surplus > 0 && _procs.TakeIdle() is { } idle)
        {
            RetireLocked(idle);
        }
    }

    private void RetireLocked(P p)
    {
        _procs.Retire(p);
        MoveQueueLocked(p);
        p.DropPools();
        MoveTimers(p);
    }

    /// <summary>Everything in the run queue of a P that is given up goes to the global queue.</summary>
    private void MoveQueueLocked(P p)
    {
        if (p.Queue.TakeNext() is { } next)
        {
            _global.PushBack(next);
        }

        while (p.Queue.GetFromRing() is { } g)
        {
            _global.PushBack(g);
        }

        p.Queue.ClearStale();
    }

    private void MoveTimers(P from)
    {
        ArraySegment<TimerEntry> entries = from.Timers.Close();
        int moved = 0;
        try
        {
            while (moved < entries.Count)
            {
                AddTimerSilently(null, entries[moved]); // a worker that gives up a P looks for its timers again, outside of the lock
                moved++;
            }
        }
        catch (OutOfMemoryException)
        {
            from.Timers.Reopen(entries, moved); // those of a P that no worker holds are found, too, if late
        }
    }

    /// <summary>
    /// A P was given up without going idle as a worker does: step I3 of the protocol, for those who counted on this one to look,
    /// at queues, timers and the network. They may have come while every P was held, or this one spun, and so have woken nobody.
    /// </summary>
    private void LookAgainWithoutP()
    {
        Interlocked.MemoryBarrier(); // pairs with WakeIfIdle and TimerAdded: they see that a P is idle, or we see what they brought
        long when = LookAgain(out bool work);
        if (work || Driver is not null)
        {
            WakeIfIdle(); // a driver is told that everything is idle by workers only, and this one no longer counts
        }

        if (when != long.MaxValue)
        {
            TimerAdded(when);
        }

        WatchNet();
    }
}
