using Goroutines.Runtime;
using Goroutines.Time;

namespace Goroutines;

/// <summary>Creates timers as channels.</summary>
public sealed partial class GoRuntime
{
    /// <summary>Creates a channel that delivers the time once, after a duration (time.After).</summary>
    /// <param name="duration">The duration. If it is zero or negative, the time is delivered at once; if it is
    /// <see cref="Timeout.InfiniteTimeSpan"/>, never.</param>
    /// <returns>The channel of a <see cref="GoTimer"/>. It is unbuffered, and can be garbage collected before the time has come.</returns>
    public Receiver<DateTimeOffset> After(TimeSpan duration)
    {
        TimerFeed timer = new(Scheduler);
        timer.Start(Durations.Left(duration), TimeSpan.Zero);
        return timer.Receiver;
    }

    /// <summary>Creates a channel that delivers the time repeatedly, at equal intervals (time.Tick).</summary>
    /// <param name="period">The time between ticks.</param>
    /// <returns>The channel of a <see cref="Ticker"/>. It can be garbage collected as soon as no reference to it is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero or negative.</exception>
    public Receiver<DateTimeOffset> Tick(TimeSpan period) => new Ticker(period, this).C;
}
