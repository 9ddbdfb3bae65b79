using System.Diagnostics;
using Goroutines;

namespace Tour;

/// <summary>A goroutine that sleeps a millisecond again and again, to see how well others let it run.</summary>
internal static class Ticks
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(1);

    /// <summary>Number of wake-ups until cancelled, and how late the latest was.</summary>
    internal static async ValueTask<(int Count, TimeSpan Worst)> CountAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        var worst = TimeSpan.Zero;
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            await Go.SleepAsync(s_period, CancellationToken.None);
            var late = Stopwatch.GetElapsedTime(started) - s_period;
            worst = late > worst ? late : worst;
            count++;
        }

        return (count, worst);
    }
}
