namespace Goroutines.Conformance.Tests.Time;

/// <summary>A timer that delivers the time on a channel, of one of the kinds that Go's tests of timers go through.</summary>
internal sealed class AnyTimer
{
    private readonly GoTimer _timer;

    private AnyTimer(GoTimer timer, Receiver<DateTimeOffset> channel)
    {
        _timer = timer;
        C = channel;
    }

    /// <summary>The timer's own channel, or a buffered one that the body of a timer sends on.</summary>
    public Receiver<DateTimeOffset> C { get; }

    /// <summary>Makes a timer.</summary>
    /// <param name="kind">"chan" or "func", as in Go's "impl=chan" and "impl=func".</param>
    /// <param name="duration">After how long.</param>
    /// <param name="clock">Whose time a body sends.</param>
    public static AnyTimer Start(string kind, TimeSpan duration, TimeProvider clock)
    {
        if (kind == "chan")
        {
            GoTimer timer = new(duration);
            return new(timer, timer.C);
        }

        Chan<DateTimeOffset> channel = new(1);
        return new(GoTimer.AfterFunc(duration, () => channel.SendAsync(clock.GetUtcNow())), channel);
    }

    public bool Stop() => _timer.Stop();

    public bool Reset(TimeSpan duration) => _timer.Reset(duration);
}
