using System.Diagnostics;

namespace Goroutines.Peers;

/// <summary>hog: one endless loop per P; how late a sleep of 1 ms wakes. n sleeps.</summary>
internal static class Hog
{
    private static bool s_stop;

    public static async ValueTask<Result> RunAsync(int n, Mode mode)
    {
        var hogs = Go.MaxProcs;
        var wg = new WaitGroup();
        wg.Add(hogs);
        for (var i = 0; i < hogs; i++)
        {
            Go.Spawn(
                static wg =>
                {
                    while (!Volatile.Read(ref s_stop))
                    {
                    }
                    wg.Done();
                    return ValueTask.CompletedTask;
                },
                wg);
        }

        var duration = TimeSpan.FromMilliseconds(1);
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < mode.SmallRounds;)
        {
            await Go.SleepAsync(duration);
        }
        var late = new double[n];
        var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < n; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await Go.SleepAsync(duration);
            late[i] = (Stopwatch.GetElapsedTime(start) - duration).TotalMicroseconds;
        }
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        Volatile.Write(ref s_stop, true);
        await wg.WaitAsync();
        return new Result
        {
            ["ns_per_op"] = Measure.Quantile(late, 0.50) * 1000,
            ["p50_us"] = Measure.Quantile(late, 0.50),
            ["p99_us"] = Measure.Quantile(late, 0.99),
            ["alloc_bytes_per_op"] = (double)allocated / n,
            ["repetitions"] = 1,
        };
    }
}
