using System.Diagnostics;

namespace Goroutines.Peers;

/// <summary>Repetitions that are measured by the time that passes and by the processor time of the whole process.</summary>
internal static class ProcessorMeasure
{
    public static async ValueTask<Result> RunAsync(int n, int small, Mode mode, Func<int, ValueTask> body)
    {
        await Measure.WarmUpAsync(n, small, mode, body);
        List<double> each = [], processor = [];
        var begin = Stopwatch.GetTimestamp();
        while (each.Count < mode.MinRepetitions || Stopwatch.GetElapsedTime(begin) < mode.Measured)
        {
            var before = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            await body(n);
            each.Add(Measure.NanosecondsSince(start) / n);
            processor.Add((Environment.CpuUsage.TotalTime - before).TotalNanoseconds / n);
        }
        return new Result
        {
            ["ns_per_op"] = Measure.Quantile(each, 0.5),
            ["cpu_ns_per_op"] = Measure.Quantile(processor, 0.5),
            ["repetitions"] = each.Count,
        };
    }
}
