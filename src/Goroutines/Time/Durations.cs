using System.Runtime.CompilerServices;

namespace Goroutines.Time;

/// <summary>What timers and contexts accept.</summary>
internal static class Durations
{
    internal static void Validate(TimeSpan duration, [CallerArgumentExpression(nameof(duration))] string name = "")
    {
        if (duration < TimeSpan.Zero && duration != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, duration, "A duration must not be negative, except Timeout.InfiniteTimeSpan.");
        }
    }

    internal static void ValidatePeriod(TimeSpan period)
    {
        if (period <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, "A ticker's period must be positive.");
        }
    }
}
