using Xunit;

#pragma warning disable GOR203 // the leak that is looked for
namespace Goroutines.Testing.Tests;

/// <summary>How schedules fail, and what the report says.</summary>
public sealed class ExploreFailureTests
{
    [Fact]
    public void Explore_Deadlock_TellsWhoWaitsForWhat()
    {
        ExplorationException failure = Find(static async () =>
        {
            GoMutex a = new(), b = new();
            Goroutine other = Go.Run(async () =>
            {
                using Holder first = await b.LockAsync();
                using Holder second = await a.LockAsync();
            });
            using (await a.LockAsync())
            {
                using (await b.LockAsync())
                {
                }
            }

            await other;
        });
        Assert.Equal(FailureKind.Deadlock, failure.Kind);
        Assert.IsType<DeadlockException>(failure.InnerException);
        Assert.Contains("goroutine 1 [sync.Mutex.Lock]", failure.Message, StringComparison.Ordinal);
        Assert.Contains("goroutine 2   lock GoMutex ", failure.Trace, StringComparison.Ordinal);
        Assert.Contains("waits [sync.Mutex.Lock]", failure.Trace, StringComparison.Ordinal);
        Assert.Contains($"{nameof(ExploreFailureTests)}.cs:", failure.Trace, StringComparison.Ordinal);
        Assert.DoesNotContain("OperationHooks", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explore_Leak_TellsWhoIsLeft()
    {
        ExplorationException failure = Find(static async () =>
        {
            var result = new Chan<int>();
            Go.Spawn(async () => await result.SendAsync(1));
            await new Select().Receive(result, out _).Timeout(TimeSpan.Zero, out _).WaitAsync();
        });
        Assert.Equal(FailureKind.Leak, failure.Kind);
        Assert.Equal("chan send", Assert.Single(Assert.IsType<GoroutineLeakException>(failure.InnerException).Goroutines).WaitReason);
    }

    [Fact]
    public void Explore_Panic_IsAFailure()
    {
        ExplorationException failure = Find(static async () =>
        {
            var values = new Chan<int>(1);
            Go.Spawn(() =>
            {
                values.Close();
                return ValueTask.CompletedTask;
            });
            Go.Spawn(async () => await values.SendAsync(1));
            await GoTest.WaitAsync();
        });
        Assert.Equal(FailureKind.Exception, failure.Kind);
        Assert.IsType<GoroutinePanicException>(failure.InnerException);
        Assert.Contains("send on closed channel", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explore_ExceptionOfTheBody_IsInside()
    {
        var thrown = new InvalidOperationException("mine");
        Assert.Same(thrown, Find(async () =>
        {
            await Go.Yield();
            throw thrown;
        }).InnerException);
        Assert.Same(thrown, Assert.Throws<ExplorationException>(() => GoTest.Explore((Action)(() => throw thrown))).InnerException);
    }

    [Fact]
    public void Explore_EndlessLoop_IsStopped()
    {
        ExplorationException failure = Assert.Throws<ExplorationException>(() => GoTest.Explore(
            static async () =>
            {
                using var ticker = new Ticker(TimeSpan.FromSeconds(1));
                while (true)
                {
                    await ticker.C.ReceiveAsync();
                }
            },
            new ExploreOptions { MaxSteps = 500 }));
        Assert.Equal(FailureKind.StepLimit, failure.Kind);
        Assert.Contains("lines before this", failure.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public void Explore_WaitForFlagByYielding_Ends()
    {
        foreach (ExploreStrategy strategy in Enum.GetValues<ExploreStrategy>())
        {
            GoTest.Explore(
                static async () =>
                {
                    bool set = false;
                    Go.Spawn(async () =>
                    {
                        await Go.Yield();
                        set = true;
                    });
                    while (!set)
                    {
                        await Go.Yield();
                    }
                },
                new ExploreOptions { Strategy = strategy, Schedules = 200, MaxSteps = 200 });
        }
    }

    [Fact]
    public void Explore_TaskThatNeverEnds_IsReported()
    {
        ExplorationException failure = Assert.Throws<ExplorationException>(() => GoTest.Explore(
            static async () => await new TaskCompletionSource().Task,
            new ExploreOptions { OutsideLimit = TimeSpan.FromMilliseconds(50) }));
        Assert.Equal(FailureKind.Outside, failure.Kind);
    }

    [Fact]
    public void Explore_ThreadBlockedForGood_IsReported()
    {
        ExplorationException failure = Assert.Throws<ExplorationException>(() => GoTest.Explore(
            static async () =>
            {
                await Go.Yield();
                new TaskCompletionSource().Task.Wait(CancellationToken.None);
            },
            new ExploreOptions { OutsideLimit = TimeSpan.FromMilliseconds(50) }));
        Assert.Equal(FailureKind.Outside, failure.Kind);
    }

    [Fact]
    public void Explore_BodyThatDiffersFromRunToRun_IsReported()
    {
        int runs = 0;
        ExplorationException failure = Assert.Throws<ExplorationException>(() => GoTest.Explore(
            async () =>
            {
                int goroutines = ++runs % 3;
                var group = new WaitGroup();
                for (int i = 0; i <= goroutines; i++)
                {
                    group.Spawn(static async () => await Go.Yield());
                }

                await group.WaitAsync();
            },
            new ExploreOptions { Strategy = ExploreStrategy.Exhaustive }));
        Assert.Equal(FailureKind.NotRepeatable, failure.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("random:")]
    [InlineData("random:xyz")]
    [InlineData("pct:0:1:1")]
    [InlineData("pct:1:1")]
    [InlineData("path:1")]
    [InlineData("path:1.1-1.2")]
    [InlineData("lucky:7")]
    public void Replay_NoSeed_Throws(string seed) => Assert.Throws<FormatException>(() => GoTest.Replay(seed, static () => { }));

    [Fact]
    public void Replay_BodyThatNoLongerFails_Returns() => GoTest.Replay("random:1f", static async () => await Go.Yield());

    [Fact]
    public void Replay_PathThatTheBodyDoesNotHave_IsReported()
    {
        ExplorationException failure = Assert.Throws<ExplorationException>(() => GoTest.Replay("path:0.7", static async () =>
        {
            Goroutine other = Go.Run(static async () => await Go.Yield());
            await Go.Yield();
            await other;
        }));
        Assert.Equal(FailureKind.NotRepeatable, failure.Kind);
    }

    [Fact]
    public void Explore_SettingsOutOfRange_Throw()
    {
        foreach (ExploreOptions options in new ExploreOptions[]
        {
            new() { Schedules = 0 }, new() { Depth = 0 }, new() { Depth = 101 }, new() { PreemptionBound = -1 }, new() { MaxSteps = 0 },
            new() { Strategy = (ExploreStrategy)9 }, new() { OutsideLimit = TimeSpan.FromSeconds(-2) },
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => GoTest.Explore(static () => { }, options));
        }
    }

    private static ExplorationException Find(Func<ValueTask> body) => Assert.Throws<ExplorationException>(() => GoTest.Explore(body));
}
