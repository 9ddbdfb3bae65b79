using Goroutines.Tests.Support;
using Xunit;

#pragma warning disable GOR207 // planted

namespace Goroutines.Diagnostics.Tests;

/// <summary>Findings other than deadlocks: each planted program is named, its mended form is silent.</summary>
public sealed class FindingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task FindAsync_SendersWhoseReceiverReturnedEarly_AreSuspected(bool mended) => Isolated.RunAsync(async runtime =>
    {
        List<Chan<int>> replies = [];
        for (int i = 0; i < 20; i++)
        {
            var reply = new Chan<int>(mended ? 1 : 0);
            replies.Add(reply);
            runtime.Spawn(async () => await reply.SendAsync(1));
        }

        if (mended)
        {
            await Poll.UntilAsync(() => runtime.Count == 0, "the senders to end");
            Assert.Empty(await GoFindings.FindAsync(runtime, Planted.AtOnce));
            return;
        }

        await Planted.ParkedAsync(runtime, "chan send", 20);
        Finding found = Assert.Single(await Planted.FindAsync(runtime, "abandoned-senders"));
        Assert.Equal(FindingCertainty.Suspected, found.Certainty);
        Assert.Equal(20, found.Count);
        Assert.StartsWith("Goroutines.Diagnostics.Tests/FindingTests.cs:", found.Site, StringComparison.Ordinal);
        GC.KeepAlive(replies);
    });

    [Fact]
    public Task FindAsync_IdleWorkersOfOneChannel_AreNotSuspected() => Isolated.RunAsync(async runtime =>
    {
        var jobs = new Chan<int>();
        for (int i = 0; i < 20; i++)
        {
            runtime.Spawn(async () => await jobs.ReceiveAsync());
        }

        await Planted.ParkedAsync(runtime, "chan receive", 20);
        Assert.Empty(await GoFindings.FindAsync(runtime, Planted.AtOnce));
        jobs.Close();
    });

    [Fact]
    public Task FindAsync_NilChannel_IsProved() => Isolated.RunAsync(async runtime =>
    {
        runtime.Scheduler.Registry.Hold(existing: true); // nothing else reaches it, and other tests collect garbage
        runtime.Spawn(async () => await default(Receiver<int>).ReceiveAsync());
        await Planted.ParkedAsync(runtime, "chan receive (nil chan)", 1);

        Assert.Equal(FindingCertainty.Proved, Assert.Single(await Planted.FindAsync(runtime, "never-woken")).Certainty);
    });

    [Fact]
    public Task FindAsync_GrowingSite_IsSuspectedAndAConstantOneIsNot() => Isolated.RunAsync(async runtime =>
    {
        var never = new Chan<int>();
        for (int i = 0; i < 30; i++)
        {
            runtime.Spawn(async () => await never.ReceiveAsync());
        }

        await Planted.ParkedAsync(runtime, "chan receive", 30);
        FindingHistory history = new() { LeastBetween = 0 };
        for (int look = 1; look <= 5; look++)
        {
            for (int i = 0; i < 10; i++)
            {
                runtime.Spawn(async () => await never.ReceiveAsync());
            }

            await Planted.ParkedAsync(runtime, "chan receive", 30 + (10 * look));
            history.Add(Look.At(runtime));
        }

        List<Finding> found = [];
        history.AddGrowing(found, Planted.AtOnce);
        Assert.Equal(50, Assert.Single(found).Count);
        never.Close();
    });

    [Fact]
    public Task FindAsync_LoopThatNeverGivesWay_IsMeasuredWithThoseItStarves() => Isolated.RunAsync(new Func<GoRuntime, Task>(async runtime =>
    {
        bool stop = false;
        var begun = new Chan<int>(1);
        runtime.Spawn(() =>
        {
            begun.TrySend(1);
            while (!Volatile.Read(ref stop))
            {
                Thread.SpinWait(100);
            }

            return ValueTask.CompletedTask;
        });
        await begun.ReceiveAsync();

        Finding slow = Assert.Single(await Planted.FindAsync(runtime, "slow-turn"));
        Assert.Equal(1, slow.Count);
        Volatile.Write(ref stop, true);
    }));

    [Fact]
    public Task FindAsync_PanicThatWasOnlyPrinted_IsCounted() => Isolated.RunAsync(
        async runtime =>
        {
            var told = new Chan<int>(1);
            runtime.PanicHandler = _ => told.TrySend(1);
            runtime.Spawn(static ValueTask () => throw new InvalidOperationException("planted"));
            await told.ReceiveAsync();

            Assert.Empty(await Planted.FindAsync(runtime, "panics"));
            runtime.PanicHandler = runtime.Scheduler.Reports.DefaultPanicHandler;
            Assert.Equal(1, Assert.Single(await Planted.FindAsync(runtime, "panics")).Count);
        });

    [Fact]
    public Task FindAsync_GoroutinesThatNothingReaches_AreCollectedAndNamed() => Isolated.RunAsync(async runtime =>
    {
        Assert.Null(GoLeaks.Last(runtime));
        GoTracking.CountCollected(runtime);
        SpawnUnreachable(runtime, 10);
        await Planted.ParkedAsync(runtime, "chan receive", 10);
        LeakReport? report = null;
        for (int i = 0; i < 20 && report?.Collected != 10; i++)
        {
            report = await GoLeaks.FindAsync(runtime, Planted.AtOnce);
        }

        Assert.Same(report, GoLeaks.Last(runtime));
        Assert.Equal(10, report!.Collected);
        Finding found = Assert.Single(report.Findings, static finding => finding.Kind == "collected");
        Assert.Equal(10, found.Count);
        Assert.Contains("FindingTests.cs:", found.Site, StringComparison.Ordinal);
    });

    private static void SpawnUnreachable(GoRuntime runtime, int count)
    {
        for (int i = 0; i < count; i++)
        {
            runtime.Spawn(static async () => await new Chan<int>().ReceiveAsync());
        }
    }
}
