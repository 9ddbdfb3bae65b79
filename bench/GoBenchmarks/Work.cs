using System.Diagnostics;

namespace Goroutines.GoBenchmarks;

/// <summary>What Go's benchmarks do between two operations.</summary>
/// <remarks>Methods of their own, so that the variables are their locals, as they are in Go, and not fields of an <c>async</c> method.</remarks>
internal static class Work
{

    /// <summary>Counts.</summary>
    /// <remarks>
    /// What is left of a loop that multiplies and divides a number that nothing uses: Go's compiler takes the arithmetic away and keeps the loop. The
    /// JIT would keep both, and then the figures would tell of the compilers.
    /// </remarks>
    public static void Count(int count)
    {
        for (var i = 0; i < count; i++)
        {
        }
    }

    /// <summary>Doubles and halves a number that is used afterwards.</summary>
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
