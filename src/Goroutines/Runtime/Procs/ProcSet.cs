namespace Goroutines.Runtime;

/// <summary>The Ps of one scheduler: which ones exist, which are idle, and how many there should be (runtime/proc.go: <c>allp</c>,
/// <c>sched.pidle</c>).</summary>
/// <remarks>
/// <para>In use are <see cref="Wanted"/> Ps, plus one for each P whose worker is stuck in a body (compensated). Only a P that a worker holds is
/// compensated: it loses that with the worker. When there are more Ps than that
/// (<see cref="Surplus"/> &gt; 0), any worker retires the P it holds at its next scheduling point. The goroutines of that P go to the global queue and its
/// timers to another P, so nothing is lost and no thread is interrupted.</para>
/// <para>It is a part of the scheduler, embedded by value, and is written under the scheduler's lock. The counts are also read without the lock.
/// <see cref="IdleCount"/> is read in the wake-up protocol; the scheduler documents its fences. For <see cref="Surplus"/>, a stale value only delays
/// retirement, and a value below zero says that there was no memory for a P. <see cref="Computing"/> is read by sysmon, which may see it a moment
/// late.</para>
/// </remarks>
internal struct ProcSet
{
    /// <summary>All Ps ever created, including retired ones. The array is replaced, never changed.</summary>
    private volatile P[] _all;
    private P? _idle;
    private P? _retired;
    private volatile int _idleCount;
    private volatile int _wanted;
    private volatile int _surplus;
    private int _compensated;
    private int _computing;
    private int _live;

    /// <summary>The Ps that searches look at: those in use, since only they have anything in their queues, and the idle ones with timers.</summary>
    /// <remarks>
    /// Its holder's queue: a P becomes a member under the scheduler's lock, before its holder can queue anything. So a search that misses it has
    /// looked before its holder's step S2, which then sees the searcher idle. Timers: a thread without a P adds to a heap first and makes the P a
    /// member second; one that makes a P idle removes it first and looks at the heap second. Each has a full fence in between, so a heap with timers
    /// is that of a member. A holder of a P adds to its heap while it is a member anyway.
    /// </remarks>
    internal readonly ProcMask Searched = new();

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

    /// <summary>How many Ps are in use beyond the number that should be.</summary>
    internal readonly int Surplus => _surplus;

    /// <summary>How many Ps stand beside one whose body computes.</summary>
    internal readonly int Computing => _computing;

    /// <summary>Whether no worker holds a P.</summary>
    internal readonly bool AreAllIdle => _idleCount == _live;

    /// <summary>Puts a P among the idle ones. No compensation is left for it, so afterwards there may be one P too many.</summary>
    internal void PutIdle(P p)
    {
        EndCompensation(p);
        if (p.Timers.Count == 0)
        {
            Searched.Remove(p);
            if (p.Timers.Count != 0)
            {
                Searched.Add(p);
            }
        }

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
            if (!Searched.Has(p))
            {
                Searched.Add(p);
            }
        }

        return p;
    }

    /// <summary>Takes a retired P, or a new one, into use.</summary>
    /// <param name="scheduler">The scheduler of a new P.</param>
    /// <param name="forTimers">Whether the P takes timers. It does not once the runtime is stopped.</param>
    /// <returns>The P; or null if there is no memory for it, in which case nothing has changed.</returns>
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
            catch (OutOfMemoryException) // must not leave the lock held
            {
                return null;
            }
        }

        _live++;
        Searched.Add(p);
        return p;
    }

    /// <summary>Takes a P out of use. The caller has to move what it holds.</summary>
    internal void Retire(P p)
    {
        EndCompensation(p);
        Searched.Remove(p); // its last holder moves what it has, and then looks again
        p.Status = PStatus.Retired;
        p.ListNext = _retired;
        _retired = p;
        _live--;
        UpdateSurplus();
    }

    /// <summary>Allows one more P beside <paramref name="stuck"/>, which a worker holds: what no worker holds is not stuck.</summary>
    internal void Compensate(P stuck, bool computes)
    {
        stuck.Compensated = true;
        stuck.CompensatedComputing = computes;
        _compensated++;
        _computing += computes ? 1 : 0;
    }

    /// <summary>Ends the compensation for <paramref name="p"/>, which is at a scheduling point and so is not stuck.</summary>
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

    /// <summary>Returns the sum of a counter over all Ps. Each value is a reading at one moment.</summary>
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
