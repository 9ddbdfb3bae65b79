using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>The check for tests in real time. It sees the races of the whole process, so its tests run alone.</summary>
[Collection("Collections of garbage")]
public sealed class RaceCheckTests
{
    [Fact]
    public void DetectsRaces_RewrittenTests_IsTrue() => Assert.True(GoTest.DetectsRaces);

    [Fact]
    public void NoRaces_LockedCounter_IsSilent()
    {
        using RaceCheck check = GoTest.NoRaces();
        Counter counter = new();
        Lock gate = new();
        Go.Main(async () =>
        {
            WaitGroup done = new();
            for (int i = 0; i < 4; i++)
            {
                done.Spawn(() =>
                {
                    lock (gate)
                    {
                        counter.Value++;
                    }
                });
            }

            await done.WaitAsync();
        });
        Assert.Equal(4, counter.Value);
    }

    [Fact]
    public void NoRaces_UnlockedCounter_ThrowsOnce()
    {
        RaceCheck check = GoTest.NoRaces();
        Counter counter = new();
        Go.Main(async () =>
        {
            WaitGroup done = new();
            for (int i = 0; i < 4; i++)
            {
                done.Spawn(() => counter.Value++);
            }

            await done.WaitAsync();
        });

        DataRaceException found = Assert.Throws<DataRaceException>(check.Dispose);
        Assert.Contains("Counter.Value (int)", found.Message, StringComparison.Ordinal);
        Assert.Contains("RaceCheckTests.cs:", found.Message, StringComparison.Ordinal);
        check.Dispose();
    }

    private sealed class Counter
    {
        internal int Value;
    }
}
