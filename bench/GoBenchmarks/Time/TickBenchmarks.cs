namespace Goroutines.GoBenchmarks;

/// <summary>Tickers: <c>time/tick_test.go</c>.</summary>
internal static class TickBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("time", "Ticker", TickerAsync),
        new("time", "TickerReset", TickerResetAsync),
        new("time", "TickerResetNaive", TickerResetNaiveAsync),
    ];

    private static ValueTask TickerAsync(B b) => GarbageTimers.RunAsync(b, static async pb =>
    {
        var ticker = new Ticker(GarbageTimers.Nanosecond);
        while (pb.Next())
        {
            await ticker.C.ReceiveAsync();
        }
        ticker.Stop();
    });

    private static ValueTask TickerResetAsync(B b) => GarbageTimers.RunAsync(b, static pb =>
    {
        var ticker = new Ticker(GarbageTimers.Nanosecond);
        while (pb.Next())
        {
            ticker.Reset(GarbageTimers.Nanosecond * 2);
        }
        ticker.Stop();
    });

    private static ValueTask TickerResetNaiveAsync(B b) => GarbageTimers.RunAsync(b, static pb =>
    {
        var ticker = new Ticker(GarbageTimers.Nanosecond);
        while (pb.Next())
        {
            ticker.Stop();
            ticker = new Ticker(GarbageTimers.Nanosecond * 2);
        }
        ticker.Stop();
    });
}
