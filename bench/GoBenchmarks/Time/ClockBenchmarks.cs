namespace Goroutines.GoBenchmarks;

/// <summary>The clock: <c>time/time_test.go</c>.</summary>
internal static class ClockBenchmarks
{
    private static DateTimeOffset s_time;
    private static long s_number;

    public static IEnumerable<Benchmark> All =>
    [
        new("time", "Now", Now),
        new("time", "NowUnixNano", NowUnixNano),
        new("time", "NowUnixMilli", NowUnixMilli),
        new("time", "NowUnixMicro", NowUnixMicro),
        new("time", "Since", Since),
        new("time", "Until", Until),
    ];

    private static void Now(B b)
    {
        for (var i = 0; i < b.N; i++)
        {
            s_time = Go.Now;
        }
        GC.KeepAlive(s_time);
    }

    private static void NowUnixNano(B b)
    {
        for (var i = 0; i < b.N; i++)
        {
            s_number = (Go.Now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        }
    }

    private static void NowUnixMilli(B b)
    {
        for (var i = 0; i < b.N; i++)
        {
            s_number = Go.Now.ToUnixTimeMilliseconds();
        }
    }

    private static void NowUnixMicro(B b)
    {
        for (var i = 0; i < b.N; i++)
        {
            s_number = (Go.Now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        }
    }

    private static void Since(B b)
    {
        var start = Go.Now;
        while (b.Loop())
        {
            s_number = (Go.Now - start).Ticks;
        }
    }

    private static void Until(B b)
    {
        var end = Go.Now.AddHours(1);
        while (b.Loop())
        {
            s_number = (end - Go.Now).Ticks;
        }
        GC.KeepAlive(s_number);
    }
}
