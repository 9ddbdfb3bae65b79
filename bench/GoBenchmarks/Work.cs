using System.Diagnostics;

namespace Goroutines.GoBenchmarks;

/// <summary>What Go's benchmarks do between two operations.</summary>
/// <remarks>Methods of their own, so that the variables are their locals, as they are in Go, and not fields of an <c>async</c> method.</remarks>
internal static class Work
{

    /// <summary><c>localWork</c> of chan_test.go.</summary>
    public static void Local(int count)
    {
        var foo = 0L;
        for (var i = 0; i < count; i++)
        {
            foo /= foo + 1;
        }
        if (foo != 0)
        {
            throw new InvalidOperationException("0 divided by 1 is 0");
        }
    }

    /// <summary>The loop that doubles and halves.</summary>
    public static long DoubleAndHalve(long foo, int count)
    {
        for (var i = 0; i < count; i++)
        {
            foo *= 2;
            foo /= 2;
        }
        return foo;
    }

    /// <summary><c>doWork</c>: computes for a time.</summary>
    public static void For(TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
        }
    }

    /// <summary><c>warmupScheduler</c>: has each P run a goroutine.</summary>
    public static async ValueTask WarmUpSchedulerAsync(int threads)
    {
        var wg = new WaitGroup();
        var count = 0;
        for (var i = 0; i < threads; i++)
        {
            wg.Spawn(async () =>
            {
                Interlocked.Increment(ref count);
                while (Volatile.Read(ref count) < threads)
                {
                }
                For(TimeSpan.FromMilliseconds(1));
                await ValueTask.CompletedTask;
            });
        }
        await wg.WaitAsync();
    }
}
