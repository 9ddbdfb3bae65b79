using Goroutines.Runtime;

namespace Goroutines.Time;

/// <summary>The timer behind <c>GoTimer.AfterFunc</c> (time.AfterFunc): spawns a goroutine when it is due.</summary>
/// <remarks>While it is armed the heap holds it, so it runs its body also when nobody holds the timer any more.</remarks>
internal sealed class FuncTimer(Scheduler scheduler, DeferredBody body) : IAlarmed
{
    private readonly Alarm _alarm = new();
    private SpinMutex _lock;

    /// <summary>Starts it anew.</summary>
    /// <returns>Whether it was armed: the run it was armed for will not come.</returns>
    internal bool Start(TimeSpan due)
    {
        body.Ordered();
        long when = scheduler.Clock.Deadline(due);
        _lock.Enter();
        bool stopped = _alarm.Clear();
        int arming = _alarm.Set(this);
        _lock.Exit();
        if (due != Timeout.InfiniteTimeSpan)
        {
            try
            {
                scheduler.AddTimer(new TimerEntry(when, _alarm, arming));
            }
            catch
            {
                Stop(); // it is in no heap: a stopped timer, rather than one that never comes
                throw;
            }
        }

        return stopped;
    }

    /// <inheritdoc cref="Start"/>
    internal bool Stop()
    {
        _lock.Enter();
        bool stopped = _alarm.Clear();
        _lock.Exit();
        return stopped;
    }

    void IAlarmed.Ring() => body.Spawn();
}
