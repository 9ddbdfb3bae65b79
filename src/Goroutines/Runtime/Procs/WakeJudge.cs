namespace Goroutines.Runtime;

/// <summary>Whether it has paid lately to wake a worker for a few goroutines, which their owner will get to soon anyway.</summary>
/// <remarks>
/// A wake-up costs a system call or two on both sides, and what two or three goroutines hand to and fro runs faster on
/// one core. So wake-ups are judged when a worker runs out of work and goes to sleep: in vain is one after which nobody found
/// anything, or so little that somebody was idle again at once, be it the worker that was woken or the one it took from.
/// Racy on purpose: a lost count only puts the verdict off.
/// </remarks>
internal struct WakeJudge
{
    /// <summary>How many wake-ups more have to be in vain than not, before few goroutines are left to their owner.</summary>
    internal const int Patience = 8;

    /// <summary>A wake-up after which all are busy for this long, in nanoseconds, has paid.</summary>
    internal const long Pays = 20_000;

    private int _inVain;
    private long _foundAt;
    private volatile bool _leavesFew;

    /// <summary>Few goroutines are left to the worker that has readied them: nobody is woken for them.</summary>
    internal readonly bool LeavesFew => _leavesFew;

    /// <summary>A worker has found work, for the first time since it last slept.</summary>
    internal void WorkFound(long now) => Volatile.Write(ref _foundAt, now);

    /// <summary>A worker goes to sleep.</summary>
    /// <param name="foundWork">Whether it has found work since it last slept.</param>
    /// <param name="idleSince">When it ran out of it.</param>
    internal void WorkerSleeps(bool foundWork, long idleSince)
    {
        bool paid = foundWork && idleSince - Volatile.Read(ref _foundAt) >= Pays;
        _inVain = Math.Clamp(_inVain + (paid ? -1 : 1), 0, Patience);
        _leavesFew = _inVain == Patience || (_leavesFew && _inVain != 0);
    }

    /// <summary>A goroutine was found waiting though a worker could have been woken for it.</summary>
    internal void Forget()
    {
        _inVain = 0;
        _leavesFew = false;
    }
}
