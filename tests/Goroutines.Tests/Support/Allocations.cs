using Xunit;

namespace Goroutines.Tests.Support;

/// <summary>Measures what loops over operations allocate.</summary>
internal static class Allocations
{
    private const int Attempts = 20;
    private const int Rounds = 2000;

    /// <summary>
    /// Asserts that <paramref name="loop"/>, told how many rounds to make, allocates nothing for each round. Call it in a
    /// goroutine of a runtime with one P and one worker (<see cref="Isolated.OneAtATimeAsync"/>): then everything happens on
    /// one thread, whose allocations are counted exactly. What the loop allocates once (its own state machine) is in both of
    /// the runs compared.
    /// </summary>
    public static async Task AssertNone(Func<int, ValueTask> loop)
    {
        Assert.SkipWhen(Tracing.IsOn, "The framework allocates for what it traces.");
        await loop(Rounds);
        await loop(Rounds);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && least != 0; attempt++)
        {
            await Go.Yield();
            long baseline = await Measure(loop, Rounds);
            long all = await Measure(loop, 2 * Rounds);
            if (baseline >= 0 && all >= 0)
            {
                least = Math.Min(least, Math.Abs(all - baseline));
            }
        }

        Assert.True(least != long.MaxValue, "The goroutine never stayed on one thread for a whole measurement.");
        Assert.True(least == 0, $"{Rounds} rounds allocated at least {least} bytes, {(double)least / Rounds:0.###} each.");
    }

    private static async ValueTask<long> Measure(Func<int, ValueTask> loop, int rounds)
    {
        int thread = Environment.CurrentManagedThreadId;
        long before = GC.GetAllocatedBytesForCurrentThread();
        await loop(rounds);
        long after = GC.GetAllocatedBytesForCurrentThread();
        return Environment.CurrentManagedThreadId == thread ? after - before : -1;
    }
}
