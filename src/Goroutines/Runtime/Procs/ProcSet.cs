namespace Goroutines.Runtime;

/// <summary>The Ps of one scheduler: which exist, which are idle, and how many there should be (runtime/proc.go: <c>allp</c>, <c>sched.pidle</c>).</summary>
/// <remarks>
/// <para>In use are <see cref="Wanted"/> Ps and one more for each P whose worker is stuck in a body (compensated). When there are more
/// than that (<see cref="Surplus"/> &gt; 0), any worker retires the P it holds at its next scheduling point: its goroutines go to the
/// global queue and its timers to another P, so nothing is lost and no thread is interrupted.</para>
/// <para>A part of the scheduler, embedded by value. It is written under the scheduler's lock. The counts are also read without it:
/// <see cref="IdleCount"/> in the wake-up protocol, whose fences stand in the scheduler; <see cref="Surplus"/>, where a stale value only
/// delays retirement, and one below zero says that there was no memory for a P; <see cref="Computing"/> by sysmon, which may find it a moment late.</para>
/// </remarks>
internal struct ProcSet
{
    /// <summary>All Ps ever made, retired ones included. Replaced, never changed.</summary>
    private volatile P[] _all;
    private P? _idle;
    private P? _retired;
    private volatile int _idleCount;
    private volatile int _wanted;
    private volatile int _surplus;
    private int _compensated;
    private int _computing;
    private int _live;

    internal ProcSet(int wanted)
    {
        _all = [];
        _wanted = wanted;
    }

    internal readonly P[] All => _all;

    internal readonly int IdleCount => _idleCount;

    /// <summary>MaxProcs.</summary>
    internal int Wanted
    {
        readonly get => _wanted;
        set => _wanted = value;
    }

    /// <summary>How many Ps are in use beyond those that should be.</summary>
    internal readonly int Surplus => _surplus;

    /// <summary>How many Ps stand beside one whose body computes.</summary>
    internal readonly int Computing => _computing;

    /// <summary>Whether no worker has a P.</summary>
    internal readonly bool AreAllIdle => _idleCount == _live;

    internal void PutIdle(P p)
    {
        p.Status = PStatus.Idle;
        p.ListNext = _idle;
        _idle = p;
        _idleCount++;
    }

    internal P? TakeIdle()
    {
        P? p = _idle;
        if (p is not null)
        {
            _idle = p.ListNext;
            p.ListNext = null;
            _idleCount--;
        }

        return p;
    }

    /// <summary>Takes a retired P into use, or a new one.</summary>
    /// <param name="scheduler">The scheduler, for a new one.</param>
    /// <param name="forTimers">Whether it takes timers; not once the runtime is stopped.</param>
    /// <returns>The P; null if there is no memory for it, and nothing has changed.</returns>
    internal P? TryAdd(Scheduler scheduler, bool forTimers)
    {
        P? p = _retired;
        if (p is not null)
        {
            _retired = p.ListNext;
            p.ListNext = null;
            if (forTimers)
            {
                p.Timers.Open();
            }
        }
        else
        {
            try
            {
                p = scheduler.NewP(_all.Length);
                if (!forTimers)
                {
                    p.Timers.Close();
                }

                _all = [.. _all, p];
            }
            catch (OutOfMemoryException) // which must not leave the lock held
            {
                return null;
            }
        }

        _live++;
        return p;
    }

    /// <summary>Takes a P out of use. What it holds is the caller's to move.</summary>
    internal void Retire(P p)
    {
        p.Status = PStatus.Retired;
        p.ListNext = _retired;
        _retired = p;
        _live--;
        UpdateSurplus();
    }

    /// <summary>Allows one more P beside <paramref name="stuck"/>.</summary>
    internal void Compensate(P stuck, bool computes)
    {
        stuck.Compensated = true;
        stuck.CompensatedComputing = computes;
        _compensated++;
        _computing += computes ? 1 : 0;
    }

    /// <summary><paramref name="p"/>, at a scheduling point, is not stuck: it needs no other beside it.</summary>
    internal void EndCompensation(P p)
    {
        if (!p.Compensated)
        {
            return;
        }

        p.Compensated = false;
        _compensated--;
        if (p.CompensatedComputing)
        {
            p.CompensatedComputing = false;
            _computing--;
        }

        UpdateSurplus();
    }

    /// <summary>The sum of what the Ps count, each a moment's reading.</summary>
    internal readonly long Sum(Func<P, long> count)
    {
        long sum = 0;
        foreach (P p in _all)
        {
            sum += count(p);
        }

        return sum;
    }

    internal void UpdateSurplus() => _surplus = _live - (_wanted + _compensated);
}
