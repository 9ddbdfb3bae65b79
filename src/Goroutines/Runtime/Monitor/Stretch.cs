namespace Goroutines.Runtime;

/// <summary>Measures how long something has gone on, as sysmon sees it. Used by sysmon only.</summary>
/// <remarks>
/// When sysmon itself comes late, all threads may have been stopped, by the collector or by the machine, and the body that it watches
/// would be blamed for time that it never had. So one pause is discounted. Only one: where collections follow each other without a gap,
/// sysmon comes late each time while bodies run between them, and nothing would ever seem to last (three loops that allocate kept a fourth
/// goroutine waiting for a minute).
/// </remarks>
internal struct Stretch
{
    private long _since;
    private bool _leftOut;

    /// <summary>Begins the measurement now, in nanoseconds.</summary>
    internal void Begin(long now)
    {
        _since = now;
        _leftOut = false;
    }

    /// <summary>Discounts a pause, in nanoseconds, unless one was discounted already.</summary>
    internal void LeaveOut(long pause)
    {
        if (!_leftOut)
        {
            _since += pause;
            _leftOut = true;
        }
    }

    /// <summary>Returns how long it has lasted, in nanoseconds.</summary>
    internal readonly long Lasted(long now) => now - _since;
}
