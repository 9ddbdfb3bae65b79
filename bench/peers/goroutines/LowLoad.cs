namespace Goroutines.Peers;

/// <summary>lowload: n sleeps that end evenly spread over 100 ms, on a runtime with nothing else to do: processor time each.</summary>
internal static class LowLoad
{
    public static ValueTask<Result> RunAsync(int n, Mode mode) => ProcessorMeasure.RunAsync(n, small: n / 10, mode, async n =>
    {
        var wg = new WaitGroup();
        wg.Add(n);
        for (var i = 0; i < n; i++)
        {
            var sleeper = i;
            Go.Spawn(async () =>
            {
                await Go.SleepAsync(SleepersMeasure.LongestSleep * sleeper / n);
                wg.Done();
            });
        }
        await wg.WaitAsync();
    });
}
