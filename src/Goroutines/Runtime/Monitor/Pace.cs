namespace Goroutines.Runtime;

/// <summary>Measures how fast a P gives out turns, as sysmon sees it. Used by sysmon only.</summary>
/// <remarks>
/// What a worker readies may be left to it without waking another one (<see cref="WakeThrottle"/>), if it gets to it soon. It does where its
/// turns are short, and only there do wake-ups cost much. Where turns are few, a wake-up costs next to nothing, and the goroutine that has
/// readied another one may compute for long.
/// </remarks>
internal struct Pace
{
    /// <summary>Turns are short if there is at least one in this many nanoseconds. What is left to the owner then starts, on average, about as
    /// soon as on another core, which would have to be woken.</summary>
    internal const long ShortTurn = 50_000;

    /// <summary>How long turns are counted before they are judged, in nanoseconds.</summary>
    internal const long Interval = 500_000;

    private Stretch _window;
    private long _turns;
    private bool _measures;

    /// <summary>Looks at a P.</summary>
    /// <param name="turns">How many turns it has given out so far.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <returns>Whether its turns are short; null if it is too early to tell.</returns>
    internal bool? Look(long turns, long now)
    {
        long time = _window.Lasted(now);
        if (_measures && time < Interval)
        {
            return null;
        }

        bool? areShort = _measures ? (turns - _turns) * ShortTurn >= time : null;
        _window.Begin(now);
        _turns = turns;
        _measures = true;
        return areShort;
    }

    /// <summary>Discounts a pause of all threads, in nanoseconds.</summary>
    internal void LeaveOut(long pause) => _window.LeaveOut(pause);
}
