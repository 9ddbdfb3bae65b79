namespace Goroutines.Runtime;

/// <summary>How durations are taken, everywhere: as Go takes them.</summary>
/// <remarks>A negative duration is a time that has passed, so that <c>until - now</c> needs no care. The one exception is
/// <see cref="Timeout.InfiniteTimeSpan"/> (−1 ms), which by the framework's convention is no time at all; what computes a
/// duration that may come out as that takes the forms with a <see cref="DateTimeOffset"/>.</remarks>
internal static class Durations
{
    /// <summary>What is left of a duration: zero for a time that has passed.</summary>
    internal static TimeSpan Left(TimeSpan duration) => IsOver(duration) ? TimeSpan.Zero : duration;

    /// <summary>What is left until a time on the clock: zero when it has passed.</summary>
    internal static TimeSpan LeftUntil(DateTimeOffset time, Clock clock)
    {
        TimeSpan left = time - clock.UtcNow;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Whether nothing is left of a duration.</summary>
    internal static bool IsOver(TimeSpan duration) => duration <= TimeSpan.Zero && duration != Timeout.InfiniteTimeSpan;

    internal static void ValidatePeriod(TimeSpan period)
    {
        if (period <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, "A ticker's period must be positive.");
        }
    }
}
