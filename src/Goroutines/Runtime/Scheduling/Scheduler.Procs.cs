using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>How many Ps there are (runtime/proc.go: <c>procresize</c>), without stopping the world.</summary>
/// <remarks>
/// In use are <c>_maxProcs</c> Ps and one more for each P whose worker is stuck in a body (<c>_compensated</c>). When
/// there are more than that (<c>_surplus</c> &gt; 0), any worker retires the P it holds at its next scheduling point: its
/// goroutines go to the global queue and its timers to another P, so nothing is lost and nobody is interrupted. All of
/// it is written under <c>_lock</c>; <c>_surplus</c> is also read without it, where late is as good as never.
/// </remarks>
internal sealed partial class Scheduler
{
    internal const int MaxProcsLimit = 1024;

    private volatile int _maxProcs;
    private int _compensated;

    /// <summary>Those of them that were put beside a body that computed. Written under _lock; sysmon reads it without, and finds it a moment late.</summary>
    private int _computing;
    private int _live;
    private volatile int _surplus;

    internal int MaxProcs
    {
        get => _maxProcs;
        set
        {
            if (IsExplored)
            {
                return; // one goroutine at a time, always
            }

            _lock.Enter();
            _maxProcs = value;
            AdjustProcs();
            _lock.Exit();
            WakeIfIdle(); // the first one wakes the next if there is work for it
        }
    }

    internal P? TryTakeIdleP()
    {
        if (_idleCount == 0)
        {
            return null;
        }

        _lock.Enter();
        P? p = _idleP;
        if (p is not null)
        {
            _idleP = p.ListNext;
            p.ListNext = null;
            _idleCount--;
        }

        _lock.Exit();
        WakeSysmon();
        return p;
    }

    /// <summary>A P beyond those in use, at once. Some worker retires one for it at its next scheduling point.</summary>
    internal P TakeExtraP()
    {
        _lock.Enter();
        P p = AddP();
        UpdateSurplus();
        _lock.Exit();
        return p;
    }

    /// <summary>The caller's P, which it gives up, goes to whoever has use for it (handoffp).</summary>
    internal void HandOff(P p)
    {
        if (_stopping)
        {
            GiveUp(p);
            return;
        }

        if (!p.Queue.IsEmpty || _globalCount != 0 || Driver is not null)
        {
            StartWorker(p, spinning: false); // a driver is told that everything is idle by workers only
            return;
        }

        if (_spinning + _idleCount == 0 && Interlocked.CompareExchange(ref _spinning, 1, 0) == 0)
        {
            StartWorker(p, spinning: true); // the last P that could look for work must look
            return;
        }

        _lock.Enter();
        if (_globalCount != 0)
        {
            _lock.Exit();
            StartWorker(p, spinning: false);
            return;
        }

        if (_surplus > 0)
        {
            RetireLocked(p);
        }
        else
        {
            PutIdleLocked(p);
        }

        _lock.Exit();
        LookAgainWithoutP();
    }

    /// <summary>A worker at a scheduling point: its P is no longer stuck, and is one too many if there is a surplus.</summary>
    private void Settle(M m, P p)
    {
        _lock.Enter();
        if (p.Compensated)
        {
            p.Compensated = false;
            _compensated--;
            if (p.CompensatedComputing)
            {
                p.CompensatedComputing = false;
                _computing--;
            }

            UpdateSurplus();
        }

        if (_surplus > 0)
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
    private bool Compensate(P stuck, bool computes)
    {
        if (!MayHaveThreads(_allM.Length))
        {
            return false;
        }

        _lock.Enter();
        bool can = !stuck.Compensated && !_stopping;
        if (can)
        {
            stuck.Compensated = true;
            stuck.CompensatedComputing = computes;
            _compensated++;
            _computing += computes ? 1 : 0;
            AdjustProcs();
        }

        _lock.Exit();
        return can;
    }

    private void AdjustProcs()
    {
        Debug.Assert(_lock.IsHeld, "The number of Ps is changed under the lock.");
        UpdateSurplus();
        while (_surplus < 0)
        {
            PutIdleLocked(AddP());
            UpdateSurplus();
        }

        while (_surplus > 0 && _idleP is { } idle)
        {
            _idleP = idle.ListNext;
            _idleCount--;
            RetireLocked(idle);
        }
    }

    private P AddP()
    {
        P? p = _retired;
        if (p is not null)
        {
            _retired = p.ListNext;
            p.ListNext = null;
            p.Timers.Open();
        }
        else
        {
            p = new P(_allP.Length, this);
            _allP = [.. _allP, p];
        }

        if (_lateTimers is not null)
        {
            p.Timers.Close();
        }

        _live++;
        return p;
    }

    private void RetireLocked(P p)
    {
        p.Status = PStatus.Retired;
        p.ListNext = _retired;
        _retired = p;
        _live--;
        UpdateSurplus();

        MoveQueueLocked(p);
        p.DropPools();
        MoveTimers(p);
    }

    /// <summary>Everything in the run queue of a P that is given up goes to the global queue.</summary>
    private void MoveQueueLocked(P p)
    {
        if (p.Queue.TakeNext() is { } next)
        {
            next.QueueNext = null;
            PutGlobalLocked(next, next, 1);
        }

        while (p.Queue.GetFromRing() is { } g)
        {
            g.QueueNext = null;
            PutGlobalLocked(g, g, 1);
        }

        p.Queue.ClearStale();
    }

    private void MoveTimers(P from)
    {
        foreach (TimerEntry entry in from.Timers.Close())
        {
            AddTimerSilently(null, entry); // whoever gives up a P looks for its timers again, outside of the lock
        }
    }

    private void PutIdleLocked(P p)
    {
        p.Status = PStatus.Idle;
        p.ListNext = _idleP;
        _idleP = p;
        _idleCount++;
    }

    private void UpdateSurplus() => _surplus = _live - (_maxProcs + _compensated);

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
