using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Waking and parking workers (runtime/proc.go: <c>wakep</c>, <c>startm</c>, <c>stopm</c>). See Scheduler.cs for the protocol.</summary>
internal sealed partial class Scheduler
{
    /// <summary>A worker beyond twice the number of Ps ends after it has slept for this many nanoseconds.</summary>
    private const long IdleWorkerLifetime = 20_000_000_000;

    /// <summary>Performs steps S2 and S3 of the protocol, after work was put into a queue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WakeIfIdle()
    {
        Interlocked.MemoryBarrier(); // S2, pairs with the one in GoIdle
        if (_procs.IdleCount != 0 && _spinning == 0)
        {
            WakeOne();
        }
    }

    /// <summary>Called when a worker has found work: it stops spinning, and another worker looks for more.</summary>
    internal void ResetSpinning(M m)
    {
        m.Spinning = false;
        if (!m.FoundWork)
        {
            m.FoundWork = true;
            _wakes.WorkFound(Clock.SystemNanoseconds());
        }

        Interlocked.Decrement(ref _spinning);
        if (_procs.IdleCount != 0 && _spinning == 0)
        {
            WakeOne();
        }
    }

    /// <summary>Called when goroutines that were left to their owner still wait for it: a worker is woken for them, and from now on for
    /// others as well.</summary>
    internal void WakeForLeft()
    {
        _wakes.Forget();
        WakeOne();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void WakeOne()
    {
        // Repeat if a P has become idle meanwhile: the thread that brought work for it may have counted on this worker to look.
        do
        {
            if (_stopping || Interlocked.CompareExchange(ref _spinning, 1, 0) != 0)
            {
                return;
            }

            if (TryTakeIdleP() is { } p)
            {
                StartWorker(p, spinning: true);
                return;
            }

            Interlocked.Decrement(ref _spinning);
        }
        while (_procs.IdleCount != 0);
    }

    /// <summary>Gives <paramref name="p"/> to a sleeping worker, or to a new one.</summary>
    private void StartWorker(P p, bool spinning)
    {
        _lock.Enter();
        _workers.CountWake();
        M? m = _workers.PopIdle();
        _lock.Exit();
        m ??= _poller.TakeSleeper();
        if (m is not null)
        {
            m.Spinning = spinning;
            Volatile.Write(ref m.NextP, p); // the worker may see this write before the wake-up, and must then see the line above
            m.Wake();
            return;
        }

        StartNewWorker(p, spinning);
    }

    /// <summary>Sleeps without a P until one is handed over. On return the worker has the P, unless the scheduler stops.</summary>
    internal void ParkWithoutP(M m)
    {
        Debug.Assert(!m.HasP, "A worker parked with a P.");
        SynchronizationContext.SetSynchronizationContext(null); // drops the last goroutine that ran here, which a sleeping worker must not keep alive
        if (m.Spinning)
        {
            m.Spinning = false;
            Interlocked.Decrement(ref _spinning);
        }

        _lock.Enter();
        if (_stopping)
        {
            _lock.Exit();
            return;
        }

        int idle = _workers.PushIdle(m);
        _lock.Exit();

        long limit = idle > 2 * _procs.Wanted ? IdleWorkerLifetime : -1;
        while (Volatile.Read(ref m.NextP) is null && !_stopping)
        {
            if (!m.Note.Sleep(limit) && RemoveIdle(m))
            {
                m.Retiring = true;
                return;
            }
        }

        TakeNextP(m);
    }

    /// <summary>The last step before sleeping: become the poller if there is a timer or the network to wait for and no poller yet.</summary>
    private void SleepUntil(M m, long pollUntil)
    {
        if (!Clock.IsSystem && pollUntil != long.MaxValue)
        {
            ArmProvider(pollUntil);
            pollUntil = long.MaxValue;
        }

        if (pollUntil == long.MaxValue && !_poller.IsActive)
        {
            ParkWithoutP(m);
            return;
        }

        if (!_poller.TryEnter(m))
        {
            // Another worker is the poller; it may have looked before our timer came.
            if (pollUntil < _poller.Until)
            {
                _poller.Sleeper?.Wake();
            }

            ParkWithoutP(m);
            return;
        }

        _poller.BeginLastLook();
        pollUntil = LookAgain(out bool work, out int timers);
        work |= IsWorthStaying(pollUntil, timers);
        if (!Clock.IsSystem)
        {
            pollUntil = long.MaxValue;
        }

        pollUntil = _poller.EndLastLook(pollUntil, timers);
        GList ready = default;
        if (!work && !_stopping)
        {
            _poller.Sleep(m, pollUntil == long.MaxValue ? -1 : Math.Max(0, pollUntil - Clock.Now), ref ready);
            if (pollUntil != long.MaxValue && Clock.Now is var now && now >= pollUntil)
            {
                _poller.Served(now);
            }
        }

        if (_poller.TryLeave(m))
        {
            // The time is up, an earlier timer was added, or there is network news: look for work if there is a P to look with.
            if (TryTakeIdleP() is { } p)
            {
                m.Acquire(p);
                m.Spinning = true;
                Interlocked.Increment(ref _spinning);
                EnqueueReady(p, ref ready, wake: false); // the worker that stops spinning wakes the next
            }
            else
            {
                EnqueueReady(null, ref ready, wake: true);
                ParkWithoutP(m); // all Ps are held: sysmon takes care of timers and the network if those take long
            }

            return;
        }

        // Another thread took this worker from the slot to give it a P.
        while (Volatile.Read(ref m.NextP) is null && !_stopping)
        {
            m.Note.Sleep(-1);
        }

        TakeNextP(m);
        EnqueueReady(m.P, ref ready, wake: true);
        WatchNet(); // the next poller may have seen this one still in the slot
    }

    private static void TakeNextP(M m)
    {
        if (Volatile.Read(ref m.NextP) is { } p)
        {
            m.NextP = null;
            m.Acquire(p);
        }
    }

    private bool RemoveIdle(M m)
    {
        _lock.Enter();
        bool removed = _workers.RemoveIdle(m);
        _lock.Exit();
        return removed;
    }
}
