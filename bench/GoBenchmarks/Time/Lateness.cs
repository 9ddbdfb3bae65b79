namespace Goroutines.GoBenchmarks;

/// <summary>How late timers were. Written by one goroutine at a time.</summary>
internal sealed class Lateness
{
    private double _sum;
    private TimeSpan _max;
    private long _count;

    public void Add(TimeSpan late)
    {
        if (late < TimeSpan.Zero)
        {
            late = TimeSpan.Zero;
        }
        _count++;
        _sum += late.TotalNanoseconds;
        if (late > _max)
        {
            _max = late;
        }
    }

    public static void Report(B b, Lateness[] all)
    {
        b.ReportMetric(0, "ns/op");
        b.ReportMetric(all.Sum(static one => one._sum) / all.Sum(static one => one._count), "avg-late-ns");
        b.ReportMetric(all.Max(static one => one._max).TotalNanoseconds, "max-late-ns");
    }
}
