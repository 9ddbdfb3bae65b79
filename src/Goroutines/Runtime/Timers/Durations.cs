namespace Goroutines.Runtime;

/// <summary>Defines how durations are interpreted everywhere: as in Go.</summary>
/// <remarks>A negative duration is a time that has passed, so that <c>until - now</c> needs no special care. The one
/// exception is <see cref="Timeout.InfiniteTimeSpan"/> (−1 ms), which by the framework's convention means no limit. Code
/// that computes a duration which could be exactly that uses the forms with a <see cref="DateTimeOffset"/>.</remarks>
internal static class Durations
{
    /// <summary>Returns what is left of a duration: zero for a time that has passed.</summary>
    internal static TimeSpan Left(TimeSpan duration) => IsOver(duration) ? TimeSpan.Zero : duration;

    /// <summary>Returns what is left until a time on the clock: zero if it has passed.</summary>
    internal static TimeSpan LeftUntil(DateTimeOffset time, Clock clock)
    {
        TimeSpan left = time - clock.UtcNow;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Returns whether nothing is left of a duration.</summary>
    internal static bool IsOver(TimeSpan duration) => duration <= TimeSpan.Zero && duration != Timeout.InfiniteTimeSpan;

    internal static void ValidatePeriod(TimeSpan period)
    {
        if (period <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, "A ticker's period must be positive.");
        }
    }
}
