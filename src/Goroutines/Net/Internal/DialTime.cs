using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>Until when a dial goes on, and how that time is divided (net/dial.go: <c>partialDeadline</c>).</summary>
/// <param name="clock">The clock of the dialing goroutine's runtime.</param>
/// <param name="due">When it ends by that clock; <see cref="long.MaxValue"/>: never.</param>
internal readonly struct DialTime(Clock clock, long due)
{
    /// <summary>Less time than this makes a connection over a slow line fail that could have been made.</summary>
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(2);

    /// <summary>The earlier of two bounds.</summary>
    internal static DialTime Until(TimeSpan timeout, DateTimeOffset? deadline)
    {
        Clock clock = GoRuntime.Current.Scheduler.Clock;
        long due = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : clock.Deadline(timeout);
        if (deadline is { } at)
        {
            TimeSpan left = at - clock.UtcNow;
            due = Math.Min(due, clock.Deadline(left > TimeSpan.Zero ? left : TimeSpan.Zero));
        }

        return new DialTime(clock, due);
    }

    /// <summary>When the next attempt is to end, if <paramref name="addresses"/> are left to be tried; null: when it ends by itself.</summary>
    internal DateTimeOffset? NextDeadline(int addresses)
    {
        if (due == long.MaxValue)
        {
            return null;
        }

        TimeSpan left = TimeSpan.FromTicks(Math.Max(0, due - clock.Now) / 100);
        TimeSpan share = left / addresses;
        if (share < s_least)
        {
            share = left < s_least ? left : s_least;
        }

        DateTimeOffset now = clock.UtcNow;
        return share < DateTimeOffset.MaxValue - now ? now + share : null;
    }
}
