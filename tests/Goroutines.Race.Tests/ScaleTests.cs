using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>More goroutines than the clocks have slots: they share slots, and the detector works as before.</summary>
[Collection("Collections of garbage")]
[Trait("Size", "Large")]
public sealed class ScaleTests
{
    private const int Goroutines = 100_000;

    [Fact]
    public void Run_HundredThousandLiveGoroutines_IsSilent() => GoTest.Run(() => Live(static () => { }));

    [Fact]
    public void Run_HundredThousandLiveGoroutines_ReportsTheRaceOfTwo()
    {
        int shared = 0;
        RaceFinder.Find(() => GoTest.Run(() => Live(() => shared++)), "ScaleTests.cs:");
        Assert.InRange(shared, 2, 20);
    }

    /// <summary>All of them wait at once, and count under a lock when the gate opens. Two take a step that no lock guards.</summary>
    private static async Task Live(Action unguarded)
    {
        Chan<bool> gate = new();
        GoMutex mutex = new();
        WaitGroup all = new();
        int passed = 0;
        for (int i = 0; i < Goroutines; i++)
        {
            bool last = i >= Goroutines - 2;
            all.Spawn(async () =>
            {
                await gate.ReceiveAsync();
                if (last)
                {
                    unguarded();
                }

                using (await mutex.LockAsync())
                {
                    passed++;
                }
            });
        }

        await Go.Yield();
        gate.Close();
        await all.WaitAsync();
        Assert.Equal(Goroutines, passed);
    }
}
