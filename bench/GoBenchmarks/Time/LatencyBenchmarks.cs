using System.Diagnostics;
using System.Globalization;

namespace Goroutines.GoBenchmarks;

/// <summary>How late timers are beside goroutines that compute: <c>time/sleep_test.go</c>.</summary>
internal static class LatencyBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("time", "ParallelTimerLatency", ParallelTimerLatencyAsync),
        new("time", "StaggeredTickerLatency", StaggeredTickerLatencyAsync),
    ];

    private static async ValueTask ParallelTimerLatencyAsync(B b)
    {
        var procs = Go.MaxProcs;
        if (procs < 2 || Environment.ProcessorCount < procs)
        {
            b.Skip();
            return;
        }

        var timerCount = procs - 1;
        Lateness[] stats = [.. Enumerable.Range(0, timerCount).Select(static _ => new Lateness())];
        await Work.WarmUpSchedulerAsync(procs);
        Work.For(TimeSpan.FromMilliseconds(30));

        b.ResetTimer();

        var delay = TimeSpan.FromMilliseconds(1);
        var wg = new WaitGroup();
        var count = 0;
        for (var i = 0; i < b.N; i++)
        {
            wg.Add(timerCount);
            Volatile.Write(ref count, 0);
            for (var j = 0; j < timerCount; j++)
            {
                var of = stats[j];
                var begin = Stopwatch.GetTimestamp();
                GoTimer.AfterFunc(delay, () =>
                {
                    of.Add(Stopwatch.GetElapsedTime(begin) - delay);
                    Interlocked.Increment(ref count);
                    while (Volatile.Read(ref count) < timerCount)
                    {
                    }
                    wg.Done();
                });
            }

            while (Volatile.Read(ref count) < timerCount)
            {
            }
            await wg.WaitAsync();
            Work.For(TimeSpan.FromMilliseconds(1));
        }
        Lateness.Report(b, stats);
    }

    private static async ValueTask StaggeredTickerLatencyAsync(B b)
    {
        var procs = Go.MaxProcs;
        if (procs < 2 || Environment.ProcessorCount < procs)
        {
            b.Skip();
            return;
        }

        var delay = TimeSpan.FromMilliseconds(3);
        foreach (var (name, duration) in ((string, TimeSpan)[])[("300µs", TimeSpan.FromMicroseconds(300)), ("2ms", TimeSpan.FromMilliseconds(2))])
        {
            await b.RunAsync($"work-dur={name}", async b =>
            {
                for (var tickersPerP = 1; tickersPerP < (int)(delay / duration) + 1; tickersPerP++)
                {
                    var tickerCount = procs * tickersPerP;
                    await b.RunAsync(string.Create(CultureInfo.InvariantCulture, $"tickers-per-P={tickersPerP}"), async b =>
                    {
                        Lateness[] stats = [.. Enumerable.Range(0, tickerCount).Select(static _ => new Lateness())];
                        await Work.WarmUpSchedulerAsync(procs);

                        b.ResetTimer();

                        var wg = new WaitGroup();
                        wg.Add(tickerCount);
                        foreach (var of in stats)
                        {
                            Work.For(delay / procs);
                            var expected = Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency);
                            Go.Spawn(TickAsync, new Ticker(delay), expected, of);
                        }
                        await wg.WaitAsync();
                        Lateness.Report(b, stats);

                        async ValueTask TickAsync(Ticker ticker, long expectedWakeup, Lateness of)
                        {
                            using var stopped = ticker;
                            for (var c = b.N; c > 0; c--)
                            {
                                await ticker.C.ReceiveAsync();
                                of.Add(Stopwatch.GetElapsedTime(expectedWakeup));
                                expectedWakeup += (long)(delay.TotalSeconds * Stopwatch.Frequency);
                                Work.For(duration);
                            }
                            wg.Done();
                        }
                    });
                }
            });
        }
    }
}
