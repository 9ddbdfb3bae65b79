using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>A schedule that is repeated gives the same report, also if garbage is collected in between.</summary>
[Collection("Collections of garbage")]
public sealed class ReplayTests
{
    [Fact]
    public void Replay_CollectionsAndManyGoroutinesInBetween_GivesTheSameReport()
    {
        ExplorationException found = Assert.Throws<ExplorationException>(static () => GoTest.Explore(Race));
        for (int i = 0; i < 20; i++)
        {
            GoTest.Run(Others);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            ExplorationException again = Assert.Throws<ExplorationException>(() => GoTest.Replay(found.Seed, Race));
            Assert.Equal(found.InnerException!.Message, again.InnerException!.Message);
        }

        Assert.Contains("\nPrevious write by goroutine 2:\n", found.InnerException!.Message, StringComparison.Ordinal);
        Assert.Contains("\nGoroutine 2 (finished) created at:\n", found.InnerException!.Message, StringComparison.Ordinal);
    }

    /// <summary>One goroutine has ended when its creator writes, but nothing says so.</summary>
    private static async Task Race()
    {
        Place place = new();
        Go.Spawn(() =>
        {
            place.Value = 1;
            place.IsWritten = true;
        });
        while (!place.IsWritten)
        {
            await Go.Yield();
        }

        place.Value = 2;
    }

    /// <summary>More goroutines than clocks have slots, one after the other.</summary>
    private static async Task Others()
    {
        for (int i = 0; i < 2 * StrandSlots.Count; i++)
        {
            await Go.Run(static () => { }).JoinAsync();
        }
    }

    private sealed class Place
    {
        internal int Value;

        [RaceIgnore("It says that the other has ended, and is not to order anything.")]
        internal bool IsWritten;
    }
}
