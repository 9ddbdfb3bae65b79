namespace Goroutines.Tests.Support;

/// <summary>A clock of the test's own: timestamps and wall clock are turned separately, and what is done with its timers can be watched.</summary>
internal sealed class HandClock : TimeProvider
{
    private readonly List<HandTimer> _timers = [];
    private TimeSpan _now;
    private TimeSpan _wallOffset;

    /// <summary>How far the time goes on with each reading of the timestamp.</summary>
    public TimeSpan PerReading { get; init; }

    /// <summary>The longest time that a timer accepts.</summary>
    public TimeSpan LongestTimer { get; init; } = TimeSpan.MaxValue;

    /// <summary>Called before a timer is changed.</summary>
    public Action? Changing { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        long now;
        lock (_timers)
        {
            now = _now.Ticks;
        }

        if (PerReading != TimeSpan.Zero)
        {
            Advance(PerReading);
        }

        return now;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_timers)
        {
            return DateTimeOffset.UnixEpoch + TimeSpan.FromDays(10_000) + _now + _wallOffset;
        }
    }

    /// <summary>Sets the wall clock, forward or back; the time goes on as it did.</summary>
    public void SetWallClock(TimeSpan by)
    {
        lock (_timers)
        {
            _wallOffset += by;
        }
    }

    /// <summary>Lets time pass, or, with a negative time, the timestamps go back, which no sane clock does.</summary>
    public void Advance(TimeSpan by)
    {
        HandTimer[] due;
        lock (_timers)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now)];
            foreach (HandTimer timer in due)
            {
                timer.Due = TimeSpan.MaxValue;
            }
        }

        foreach (HandTimer timer in due)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, callback, state);
        lock (_timers)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class HandTimer(HandClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > clock.LongestTimer || (dueTime < TimeSpan.Zero && dueTime != Timeout.InfiniteTimeSpan))
            {
                throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, "The timer does not take this.");
            }

            clock.Changing?.Invoke();
            bool now;
            lock (clock._timers)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : clock._now + dueTime;
                now = Due <= clock._now;
            }

            if (now)
            {
                ThreadPool.QueueUserWorkItem(_ => clock.Advance(TimeSpan.Zero));
            }

            return true;
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock._timers)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
