using System.Diagnostics;

namespace Goroutines.Peers;

/// <summary>garbage: n goroutines are parked; one makes garbage as fast as it can; how late a sleep of 1 ms wakes meanwhile.</summary>
internal static class Garbage
{
    private const int ObjectsPerTurn = 1000;
    private const int ObjectSize = 128;

    private static byte[]? s_last;
    private static bool s_stop;

    public static async ValueTask<Result> RunAsync(int n, Mode mode)
    {
        var gate = new Chan<int>();
        var started = new WaitGroup();
        started.Add(n);
        for (var i = 0; i < n; i++)
        {
            Go.Spawn(
                static async state =>
                {
                    state.started.Done();
                    await state.gate.ReceiveAsync();
                },
                (started, gate));
        }
        await started.WaitAsync();
        var start = Stopwatch.GetTimestamp();
        GC.Collect();
        var fullNs = Measure.NanosecondsSince(start);

        var made = 0L;
        var maker = Go.Run(async () =>
        {
            while (!Volatile.Read(ref s_stop))
            {
                for (var i = 0; i < ObjectsPerTurn; i++)
                {
                    s_last = new byte[ObjectSize];
                }
                Volatile.Write(ref made, made + ObjectsPerTurn);
                await Go.Yield();
            }
        });
        var duration = TimeSpan.FromMilliseconds(1);
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < mode.SmallRounds;)
        {
            await Go.SleepAsync(duration);
        }

        List<double> late = [];
        var pausedBefore = GC.GetTotalPauseDuration();
        var collectionsBefore = GC.CollectionCount(0);
        var madeBefore = Volatile.Read(ref made);
        var measured = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(measured) < 2 * mode.Measured || late.Count < 3)
        {
            start = Stopwatch.GetTimestamp();
            await Go.SleepAsync(duration);
            late.Add((Stopwatch.GetElapsedTime(start) - duration).TotalMicroseconds);
        }
        var elapsed = Measure.NanosecondsSince(measured);
        var objects = Volatile.Read(ref made) - madeBefore;
        var paused = GC.GetTotalPauseDuration() - pausedBefore;
        var collections = GC.CollectionCount(0) - collectionsBefore;
        Volatile.Write(ref s_stop, true);
        await maker;
        gate.Close();
        return new Result
        {
            ["ns_per_op"] = elapsed / Math.Max(1, objects),
            ["late_p50_us"] = Measure.Quantile(late, 0.50),
            ["late_p99_us"] = Measure.Quantile(late, 0.99),
            ["late_max_us"] = late.Max(),
            ["paused_percent"] = 100 * paused.TotalNanoseconds / elapsed,
            ["collections"] = collections,
            ["full_ms"] = fullNs / 1e6,
            ["repetitions"] = 1,
        };
    }
}
