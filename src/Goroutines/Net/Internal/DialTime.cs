using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>The time limit of a dial, and its division among the addresses (net/dial.go: <c>partialDeadline</c>).</summary>
/// <param name="clock">The clock of the dialing goroutine's runtime.</param>
/// <param name="due">When the dial ends by that clock; <see cref="long.MaxValue"/> if never.</param>
internal readonly struct DialTime(Clock clock, long due)
{
    /// <summary>With less time than this, an attempt that could succeed fails over a slow line.</summary>
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(2);

    /// <summary>Returns the limit that is the earlier of two bounds.</summary>
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

    /// <summary>Returns the deadline of the next attempt if <paramref name="addresses"/> are left to try; null if it has none.</summary>
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
