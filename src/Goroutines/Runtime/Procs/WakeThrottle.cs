namespace Goroutines.Runtime;

/// <summary>Suspends wake-ups for a few goroutines while such wake-ups have been in vain. The owner of the goroutines will get to them soon anyway.</summary>
/// <remarks>
/// <para>A wake-up costs a system call or two on both sides, and two or three goroutines that hand something back and forth run faster on
/// one core. So wake-ups are rated when a worker runs out of work and goes to sleep. A wake-up was in vain if no worker found anything
/// after it, or so little that a worker was idle again at once, be it the one that was woken or the one it took from. The counts are racy
/// on purpose: a lost count only delays the throttle.</para>
/// <para><b>Where it holds.</b> Only on a P whose turns are short (<see cref="Pace"/>). Without that, a goroutine that makes another ready and
/// then computes leaves it waiting for a millisecond or two, until sysmon looks, even though a core is idle; and in a program with little to
/// do as well, since every wake-up counts, including those for timers, most of which find little.</para>
/// <para><b>Rejected:</b> opening the throttle whenever all Ps are idle, and rating only wake-ups for what a worker has readied. Such
/// goroutines then began within 7 to 34 µs, but a select over two channels, which is idle for a moment now and then, was throttled
/// again and again and took half as long again. Doubling the patience each time sysmon has opened the throttle after few turns:
/// wake-ups for timers use up the patience, and the waits stayed as they were. A monitor that looks every 50 µs: it has to be awake
/// whenever anything may be left, which costs a program with little to do more than it gains.</para>
/// </remarks>
internal struct WakeThrottle
{
    /// <summary>How many more wake-ups have to be in vain than not before few goroutines are left to their owner.</summary>
    internal const int Patience = 8;

    /// <summary>A wake-up has paid if all workers stay busy for this long after it, in nanoseconds.</summary>
    internal const long WorthwhileNanoseconds = 20_000;

    private int _inVain;
    private long _foundAt;
    private volatile bool _isThrottling;

    /// <summary>Whether few goroutines are left to the worker that has readied them. No other worker is woken for them.</summary>
    internal readonly bool IsThrottling => _isThrottling;

    /// <summary>Records that a worker has found work for the first time since it last slept.</summary>
    internal void WorkFound(long now) => Volatile.Write(ref _foundAt, now);

    /// <summary>Records that a worker goes to sleep.</summary>
    /// <param name="foundWork">Whether it has found work since it last slept.</param>
    /// <param name="idleSince">When it ran out of work.</param>
    internal void WorkerSleeps(bool foundWork, long idleSince)
    {
        bool paid = foundWork && idleSince - Volatile.Read(ref _foundAt) >= WorthwhileNanoseconds;
        _inVain = Math.Clamp(_inVain + (paid ? -1 : 1), 0, Patience);
        _isThrottling = _inVain == Patience || (_isThrottling && _inVain != 0);
    }

    /// <summary>Opens the throttle: a goroutine was found waiting although a worker could have been woken for it.</summary>
    internal void Forget()
    {
        _inVain = 0;
        _isThrottling = false;
    }
}
