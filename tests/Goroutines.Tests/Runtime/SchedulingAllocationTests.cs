using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Giving way and sleeping allocate nothing in the long run, and a goroutine nothing but itself.</summary>
public class SchedulingAllocationTests
{
    [Fact]
    public Task Yield_AllocatesNothing() => Isolated.OneAtATimeAsync(() => Allocations.AssertNone(async rounds =>
    {
        for (int i = 0; i < rounds; i++)
        {
            await Go.Yield();
        }
    }));

    [Fact]
    public Task Yield_OfSeveral_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        bool stop = false;
        var others = new WaitGroup();
        for (int i = 0; i < 3; i++)
        {
            others.Spawn(async () =>
            {
                while (!stop)
                {
                    await Go.Yield();
                }
            });
        }

        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                await Go.Yield();
            }
        });
        stop = true;
        await others.WaitAsync();
    });

    [Fact]
    public Task Sleep_AllocatesNothing() => Isolated.OneAtATimeAsync(() => Allocations.AssertNone(async rounds =>
    {
        for (int i = 0; i < rounds; i++)
        {
            await Go.SleepAsync(TimeSpan.FromTicks(1));
        }
    }));

    [Fact]
    public Task Spawn_BodyThatDoesNotWait_AllocatesTheGoroutineAlone() => Isolated.OneAtATimeAsync(async () =>
    {
        const int Goroutines = 1000;
        const int SizeOfAGoroutine = 152;
        var ended = new WaitGroup();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > SizeOfAGoroutine * Goroutines; attempt++)
        {
            ended.Add(Goroutines);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Goroutines; i++)
            {
                Go.Spawn(
                    static group =>
                    {
                        group.Done();
                        return default;
                    },
                    ended);
            }

            long after = GC.GetAllocatedBytesForCurrentThread();
            least = Math.Min(least, after - before);
            await ended.WaitAsync();
        }

        Assert.True(least <= SizeOfAGoroutine * Goroutines, $"A goroutine allocated {(double)least / Goroutines} bytes.");
    });
}
