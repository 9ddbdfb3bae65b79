using System.Diagnostics;

namespace Goroutines.Peers;

/// <summary>sleepers: n goroutines that sleep 0 to 100 ms, evenly spread.</summary>
internal static class Sleepers
{
    public static ValueTask<Result> RunAsync(int n, Mode mode) => SleepersMeasure.RunAsync(n, mode, SleepAsync);

    private static async ValueTask SleepAsync(double[] lateness)
    {
        var wg = new WaitGroup();
        wg.Add(lateness.Length);
        for (var i = 0; i < lateness.Length; i++)
        {
            var sleeper = i;
            Go.Spawn(async () =>
            {
                var duration = SleepersMeasure.LongestSleep * sleeper / lateness.Length;
                var start = Stopwatch.GetTimestamp();
                await Go.SleepAsync(duration);
                lateness[sleeper] = (Stopwatch.GetElapsedTime(start) - duration).TotalMicroseconds;
                wg.Done();
            });
        }
        await wg.WaitAsync();
    }
}
