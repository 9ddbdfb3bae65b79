using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>Changes the number of Ps (runtime/proc.go: <c>procresize</c>) without stopping the world.</summary>
/// <remarks>See <see cref="ProcSet"/> for the rules.</remarks>
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
                return; // exploration always runs one goroutine at a time
            }

            _global.Grow(value);
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
            WakeIfIdle(); // the first worker wakes the next if there is work for it
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

    /// <summary>Returns a P beyond those in use, at once. Some worker retires one in exchange at its next scheduling point.</summary>
    /// <returns>The P, or null if there is no memory for it.</returns>
    internal P? TryTakeExtraP()
    {
        _lock.Enter();
        P? p = _procs.TryAdd(this, forTimers: _lateTimers is null);
        _procs.UpdateSurplus();
        _lock.Exit();
        return p;
    }

    /// <summary>Hands the caller's P, which the caller gives up, to a worker that has use for it (handoffp).</summary>
    internal void HandOff(P p)
    {
        if (_stopping)
        {
            GiveUp(p);
            return;
        }

        p.Trace?.Note(TraceEventKind.HandOff);
        if (!p.Queue.IsEmpty || !_global.IsEmpty || Driver is not null)
        {
            StartWorker(p, spinning: false); // only workers tell a driver that everything is idle
            return;
        }

        if (_spinning + _procs.IdleCount == 0 && Interlocked.CompareExchange(ref _spinning, 1, 0) == 0)
        {
            StartWorker(p, spinning: true); // the last P that could look for work must look
            return;
        }

        _lock.Enter();
        _procs.EndCompensation(p);
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

    /// <summary>Called at a worker's scheduling point: its P is no longer stuck, and is retired if there are too many Ps.</summary>
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
                m.Spinning = false; // it can't look any longer, and must not be counted as one that does
                Interlocked.Decrement(ref _spinning);
            }

            LookAgainWithoutP();
            return;
        }

        _lock.Exit();
    }

    /// <summary>Adds another P beside one whose worker makes no progress.</summary>
    /// <returns><see langword="true"/> if a P was added; <see langword="false"/> if there is one already, or the limit
    /// on threads forbids it.</returns>
    internal bool Compensate(P stuck, bool computes)
    {
        if (!Threads.Allows(_workers.All.Count))
        {
            return false;
        }

        _lock.Enter();
        bool can = !stuck.Compensated && stuck.Status == PStatus.Running && !_stopping; // sysmon saw it a moment ago: it may be idle by now
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

    /// <summary>Clears the stale references in the run queues' slots. While all Ps are idle and the lock is held, no worker takes a P, and so no
    /// worker steals.</summary>
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

    /// <summary>Moves everything in the run queue of a P that is given up to the global queue.</summary>
    private void MoveQueueLocked(P p)
    {
        if (p.Queue.TakeNext() is { } next)
        {
            _global.PutAnyway(next);
        }

        while (p.Queue.GetFromRing() is { } g)
        {
            _global.PutAnyway(g);
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
                AddTimerSilently(null, entries[moved]); // a worker that gives up a P looks for its timers again, outside the lock
                moved++;
            }
        }
        catch (OutOfMemoryException)
        {
            from.Timers.Reopen(entries, moved);
            _procs.Searched.Add(from); // the timers of a P that no worker holds are also found, if late
        }
    }

    /// <summary>
    /// Step I3 of the protocol for a P that was given up without going idle as a worker does. Some threads counted on this
    /// worker to look at queues, timers and the network: their work may have come while every P was held, or while this worker
    /// spun, and so they may have woken no worker.
    /// </summary>
    private void LookAgainWithoutP()
    {
        Interlocked.MemoryBarrier(); // pairs with WakeIfIdle and TimerAdded: they see that a P is idle, or this thread sees what they brought
        long when = LookAgain(out bool work, out _);
        if (work || IsDue(when) || Driver is not null)
        {
            WakeIfIdle(); // only workers tell a driver that everything is idle, and this one no longer counts
        }

        if (when != long.MaxValue)
        {
            TimerAdded(when);
        }

        WatchNet();
    }
}
