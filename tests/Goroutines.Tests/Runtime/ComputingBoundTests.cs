using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>Bodies that only compute get a few Ps put beside them, not one each.</summary>
[Collection(StressCollection.Name)]
public class ComputingBoundTests
{
    private const long Now = 1_000_000_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void AFewForEachP_AreAllowedAtOnce(int maxProcs)
    {
        ComputingBound bound = default;
        bound.TurnEnded(Now);
        Assert.True(bound.AllowsMore((ComputingBound.PerP * maxProcs) - 1, maxProcs, Now));
        Assert.False(bound.AllowsMore(ComputingBound.PerP * maxProcs, maxProcs, Now));
    }

    [Fact]
    public void MoreThanThat_OnlyWhereNoTurnEnds_AndTheLaterTheMoreThereAre()
    {
        ComputingBound bound = default;
        bound.TurnEnded(Now);
        Assert.False(bound.AllowsMore(9, 2, Now + (10 * ComputingBound.StallEach) - 1));
        Assert.True(bound.AllowsMore(9, 2, Now + (10 * ComputingBound.StallEach)));
        Assert.False(bound.AllowsMore(19, 2, Now + (10 * ComputingBound.StallEach)));
        bound.TurnEnded(Now + 1);
        Assert.False(bound.AllowsMore(9, 2, Now + (10 * ComputingBound.StallEach)));
    }

    [Fact]
    public void TimeInWhichNobodyCouldRun_DoesNotCount()
    {
        ComputingBound bound = default;
        bound.TurnEnded(Now);
        bound.LeaveOut(5);
        Assert.False(bound.AllowsMore(4, 1, Now + (5 * ComputingBound.StallEach)));
        Assert.True(bound.AllowsMore(4, 1, Now + (5 * ComputingBound.StallEach) + 5));
    }

    [Fact]
    public Task ManyBodiesThatCompute_AllEnd_OnFewThreads() => Isolated.RunAsync(1, async runtime =>
    {
        const int Bodies = 60;
        var ended = new WaitGroup();
        ended.Add(Bodies);
        for (int i = 0; i < Bodies; i++)
        {
            runtime.Spawn(() =>
            {
                for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMilliseconds(40);)
                {
                }

                ended.Done();
                return default(ValueTask);
            });
        }

        await ended.WaitAsync();
        Assert.InRange(runtime.Scheduler.Workers, 2, Bodies / 3); // none has had the time to retire
    });

    /// <summary>Twice as many endless loops as there are threads for at once: the others have to wait, but not for ever.</summary>
    [Fact]
    public Task MoreEndlessLoopsThanTheBound_TheOthersGoOn() => Isolated.RunAsync(1, async runtime =>
    {
        bool stop = false;
        for (int i = 0; i < ComputingBound.PerP + 3; i++)
        {
            runtime.Spawn(() =>
            {
                while (!Volatile.Read(ref stop))
                {
                }

                return default(ValueTask);
            });
        }

        await runtime.Run(static async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                await Go.Yield();
            }
        });
        Volatile.Write(ref stop, true);
    });
}
