using System.Diagnostics;

namespace Goroutines.Peers;

/// <summary>
/// What the sleepers are measured by. The time that passes can't be less than the longest sleep, so the processor time
/// used and how late the sleeps ended are measured too.
/// </summary>
internal static class SleepersMeasure
{
    public static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs rounds of a body that writes how late each sleep ended, in microseconds.</summary>
    public static async ValueTask<Result> RunAsync(int n, Mode mode, Func<double[], ValueTask> body)
    {
        var lateness = new double[n];
        await Measure.WarmUpAsync(n, n, mode with { MinSmallRounds = 0, SmallRounds = TimeSpan.Zero }, _ => body(lateness));

        List<double> each = [], cpu = [], p50 = [], p99 = [];
        long allocated = 0;
        var begin = Stopwatch.GetTimestamp();
        while (each.Count < mode.MinRepetitions || Stopwatch.GetElapsedTime(begin) < mode.Measured)
        {
            var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
            var cpuBefore = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            await body(lateness);
            each.Add(Measure.NanosecondsSince(start) / n);
            cpu.Add((Environment.CpuUsage.TotalTime - cpuBefore).TotalNanoseconds / n);
            allocated += GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
            p50.Add(Measure.Quantile(lateness, 0.50));
            p99.Add(Measure.Quantile(lateness, 0.99));
        }
        return new Result
        {
            ["ns_per_op"] = Measure.Quantile(each, 0.5),
            ["cpu_ns_per_op"] = Measure.Quantile(cpu, 0.5),
            ["p50_us"] = Measure.Quantile(p50, 0.5),
            ["p99_us"] = Measure.Quantile(p99, 0.5),
            ["alloc_bytes_per_op"] = (double)allocated / ((long)n * each.Count),
            ["repetitions"] = each.Count,
        };
    }
}
