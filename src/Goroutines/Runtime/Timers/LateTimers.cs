namespace Goroutines.Runtime;

/// <summary>The timers of a runtime that has been stopped: contexts, tickers and time-outs belong to their holders, and go on.</summary>
/// <remarks>
/// No worker looks after them any more. A timer of the runtime's own <see cref="TimeProvider"/> does, so they keep their clock; what is due
/// expires on that provider's thread, as a rule one of the thread pool, and as ever expiring only enqueues. Sleeps don't go on: they
/// are something that the runtime does for its caller, who is told that it does no more.
/// <para><b>Rejected:</b> to move them to the process-wide runtime, as sockets are. It has another clock, and may be stopped itself.</para>
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
