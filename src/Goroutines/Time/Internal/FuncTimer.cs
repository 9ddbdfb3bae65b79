using Goroutines.Runtime;

namespace Goroutines.Time;

/// <summary>The timer behind <c>GoTimer.AfterFunc</c> (time.AfterFunc): spawns a goroutine when it is due.</summary>
/// <remarks>While it is armed, the heap references it, so it runs its body even if nothing else references it.</remarks>
internal sealed class FuncTimer(Scheduler scheduler, DeferredBody body) : IAlarmed
{
    private readonly Alarm _alarm = new();
    private SpinMutex _lock;

    /// <summary>Starts the timer anew.</summary>
    /// <returns>true if it was armed, and the run that it was armed for will not come; otherwise, false.</returns>
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
                Stop(); // it is in no heap and would never fire
                throw;
            }
        }

        return stopped;
    }

    /// <summary>Stops the timer.</summary>
    /// <returns>As <see cref="Start"/>.</returns>
    internal bool Stop()
    {
        _lock.Enter();
        bool stopped = _alarm.Clear();
        _lock.Exit();
        return stopped;
    }

    void IAlarmed.Ring() => body.Spawn();
}
