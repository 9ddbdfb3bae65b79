namespace Goroutines.Runtime;

/// <summary>The timers of a runtime that has been stopped. Contexts, tickers and time-outs belong to their holders, and continue.</summary>
/// <remarks>
/// No worker handles them any more. A timer of the runtime's own <see cref="TimeProvider"/> does, so they keep their clock. What is due
/// expires on that provider's thread, usually one of the thread pool; as always, expiring only enqueues. Sleeps don't continue: they are
/// something that the runtime does for its caller, and the caller gets an exception that says that it does so no more.
/// <para><b>Rejected:</b> moving them to the process-wide runtime, as sockets are. It has another clock, and may be stopped itself.</para>
/// </remarks>
internal sealed class LateTimers
{
    private readonly TimerHeap _heap = new();
    private readonly Scheduler _scheduler;
    private readonly ProviderTimer _timer;

    internal LateTimers(Scheduler scheduler)
    {
        _scheduler = scheduler;
        _timer = new ProviderTimer(scheduler.Clock, Run);
    }

    internal void Add(in TimerEntry entry)
    {
        if (entry.Target is Sleeper sleeper)
        {
            sleeper.Strand(entry.Arming, _scheduler);
        }
        else if (_heap.TryAdd(entry, out bool first) && first)
        {
            _timer.Set(entry.When);
        }
    }

    private void Run()
    {
        _heap.RunDue(_scheduler.Clock.Now);
        long next = _heap.FindNextArmed();
        if (next != long.MaxValue)
        {
            _timer.Set(next);
        }
    }
}
