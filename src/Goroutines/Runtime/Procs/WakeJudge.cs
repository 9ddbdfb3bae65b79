namespace Goroutines.Runtime;

/// <summary>Whether it has paid lately to wake a worker for a few goroutines, which their owner will get to soon anyway.</summary>
/// <remarks>
/// <para>A wake-up costs a system call or two on both sides, and what two or three goroutines hand to and fro runs faster on
/// one core. So wake-ups are judged when a worker runs out of work and goes to sleep: in vain is one after which no worker found
/// anything, or so little that a worker was idle again at once, be it the one that was woken or the one it took from.
/// Racy on purpose: a lost count only puts the verdict off.</para>
/// <para><b>What it costs.</b> A goroutine that makes another ready and then computes leaves it waiting though a core is idle: for its
/// turn, or until sysmon looks, a millisecond or two. This is so under little load, too, since every wake-up counts, also
/// those for timers, most of which find little.</para>
/// <para><b>Rejected:</b> withdrawing the verdict whenever all Ps are idle, and judging only wake-ups for what a worker has readied. Such
/// goroutines then began within 7 to 34 µs, but a select over two channels, which is idle for a moment now and then, came to the
/// verdict again and again and took half as long again. Doubling the patience after each verdict that sysmon has withdrawn after few
/// turns: wake-ups for timers use the patience up, and the waits stayed as they were. A monitor that looks every 50 µs: it
/// has to be awake whenever anything may be left, which costs a program with little to do more than it gains.</para>
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
