namespace Goroutines.Runtime;

/// <summary>The workers of one scheduler: which ones exist, and which sleep without a P (runtime/proc.go: <c>allm</c>,
/// <c>sched.midle</c>).</summary>
/// <remarks>
/// A part of the scheduler, embedded by value and written under its lock. <see cref="All"/> is also read without the lock. The worker that
/// sleeps as the poller is not in the idle list.
/// </remarks>
internal struct WorkerSet
{
    private readonly WorkerList _all = new();
    private M? _idle;
    private int _idleCount;
    private int _lastId;

    /// <summary>The number of workers woken or started for work, and the number of times a worker ran out of it.</summary>
    private long _wakes;
    private long _sleeps;

    public WorkerSet()
    {
    }

    internal readonly WorkerList All => _all;

    internal readonly long Wakes => Volatile.Read(in _wakes);

    internal readonly long Sleeps => Volatile.Read(in _sleeps);

    /// <summary>Returns an id for a new worker. Without the lock.</summary>
    internal int NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Adds a worker that sleeps without a P.</summary>
    /// <returns>The number of such workers.</returns>
    internal int PushIdle(M m)
    {
        m.ListNext = _idle;
        _idle = m;
        return ++_idleCount;
    }

    internal M? PopIdle()
    {
        M? m = _idle;
        if (m is not null)
        {
            _idle = m.ListNext;
            _idleCount--;
            m.ListNext = null;
        }

        return m;
    }

    /// <summary>Takes one worker out of the idle list.</summary>
    /// <returns><see langword="true"/> if it was in the list; otherwise, <see langword="false"/>: it has been popped and is given a P.</returns>
    internal bool RemoveIdle(M m)
    {
        for (M? before = null, at = _idle; at is not null; before = at, at = at.ListNext)
        {
            if (!ReferenceEquals(at, m))
            {
                continue;
            }

            if (before is null)
            {
                _idle = at.ListNext;
            }
            else
            {
                before.ListNext = at.ListNext;
            }

            m.ListNext = null;
            _idleCount--;
            return true;
        }

        return false;
    }

    internal void CountWake() => _wakes++;

    internal void CountSleep() => _sleeps++;
}
