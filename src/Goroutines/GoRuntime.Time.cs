using Goroutines.Runtime;
using Goroutines.Time;

namespace Goroutines;

/// <summary>Timers as channels.</summary>
public sealed partial class GoRuntime
{
    /// <summary>Makes a channel that gets the time once, after a while (time.After).</summary>
    /// <param name="duration">How long. Zero and negative durations: at once; <see cref="Timeout.InfiniteTimeSpan"/>: never.</param>
    /// <returns>The channel of a <see cref="GoTimer"/>: unbuffered, and garbage collected when it is dropped before its time.</returns>
    public Receiver<DateTimeOffset> After(TimeSpan duration)
    {
        TimerFeed timer = new(Scheduler);
        timer.Start(Durations.Left(duration), TimeSpan.Zero);
        return timer.Receiver;
    }

    /// <summary>Makes a channel that gets the time again and again, at equal intervals (time.Tick).</summary>
    /// <param name="period">The time between ticks.</param>
    /// <returns>The channel of a <see cref="Ticker"/>, garbage collected when it is dropped.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero or negative.</exception>
    public Receiver<DateTimeOffset> Tick(TimeSpan period) => new Ticker(period, this).C;
}
