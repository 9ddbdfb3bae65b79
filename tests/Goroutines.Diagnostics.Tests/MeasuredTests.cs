using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>Findings that are measured between looks: each planted program is named, its mended form is silent.</summary>
public sealed class MeasuredTests
{
    private static readonly TimeSpan s_minutes = TimeSpan.FromMinutes(10);

    [Fact]
    public Task FindAsync_LoopThatYieldsUntilSomethingIsTrue_WakesItself() => Isolated.RunAsync(async runtime =>
    {
        bool stop = false;
        Goroutine spinner = runtime.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                await Go.Yield();
            }
        });

        Finding found = await UntilFoundAsync(runtime, "self-waking");
        Volatile.Write(ref stop, true);
        Assert.Equal(FindingCertainty.Measured, found.Certainty);
        Assert.Equal([spinner.Id], found.Goroutines);
        Assert.StartsWith("Goroutines.Diagnostics.Tests/MeasuredTests.cs:", found.Site, StringComparison.Ordinal);
    });

    [Fact]
    public Task FindAsync_LoopThatYieldsByTask_WakesItself() => Isolated.RunAsync(async runtime =>
    {
        bool stop = false;
        runtime.Spawn(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                await Task.Yield();
            }
        });

        Assert.Equal(1, (await UntilFoundAsync(runtime, "self-waking")).Count);
        Volatile.Write(ref stop, true);
    });

    /// <summary>The mended forms: a goroutine that waits, and one that computes and gives way now and then.</summary>
    [Fact]
    public Task FindAsync_GoroutineThatWaitsAndOneThatComputes_DoNotWakeThemselves() => Isolated.RunAsync(async runtime =>
    {
        bool stop = false;
        var ready = new Chan<int>();
        runtime.Spawn(async () => await ready.ReceiveAsync());
        runtime.Spawn(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                long begun = Environment.TickCount64;
                while (Environment.TickCount64 - begun < 2)
                {
                    Thread.SpinWait(100);
                }

                await Go.Yield();
            }
        });
        await Planted.ParkedAsync(runtime, "chan receive", 1);

        for (int i = 0; i < 20; i++)
        {
            Assert.Empty(await Planted.FindAsync(runtime, "self-waking"));
        }

        Volatile.Write(ref stop, true);
        ready.Close();
    });

    [Fact]
    public Task FindAsync_ManySendersForOneSlowReceiver_AreAHotChannel() => Isolated.RunAsync(async runtime =>
    {
        bool stop = false;
        var events = new Chan<int>();
        for (int i = 0; i < 30; i++)
        {
            runtime.Spawn(async () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    await events.SendAsync(1);
                }
            });
        }

        runtime.Spawn(async () =>
        {
            await foreach (int _ in events)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            }
        });

        Finding found = await UntilFoundAsync(runtime, "hot-channel");
        Volatile.Write(ref stop, true);
        Assert.InRange(found.Count, 10, 30);
        Assert.Contains("Chan<int>", found.Title, StringComparison.Ordinal);
        Assert.StartsWith("Goroutines.Diagnostics.Tests/MeasuredTests.cs:", found.Site, StringComparison.Ordinal);
        await Poll.UntilAsync(() => runtime.Count == 1, "the senders to end");
        events.Close();
    });

    /// <summary>The mended form has a receiver for each sender; and many that wait to receive are no bottleneck.</summary>
    [Fact]
    public Task FindAsync_ReceiversEnough_AreNoHotChannel() => Isolated.RunAsync(async runtime =>
    {
        var events = new Chan<int>();
        for (int i = 0; i < 30; i++)
        {
            runtime.Spawn(async () =>
            {
                await foreach (int _ in events)
                {
                }
            });
        }

        await Planted.ParkedAsync(runtime, "chan receive", 30);
        for (int i = 0; i < 20; i++)
        {
            await events.SendAsync(i);
            Assert.Empty(await Planted.FindAsync(runtime, "hot-channel"));
        }

        events.Close();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task FindAsync_LockWantedByMany_IsHotUntilItIsDivided(bool mended) => Isolated.RunAsync(async runtime =>
    {
        GoMutex[] locks = [.. Enumerable.Range(0, mended ? 20 : 1).Select(static _ => new GoMutex())];
        Holder[] held = new Holder[locks.Length];
        for (int i = 0; i < locks.Length; i++)
        {
            held[i] = await locks[i].LockAsync();
        }

        for (int i = 0; i < 20; i++)
        {
            GoMutex mine = locks[i % locks.Length];
            runtime.Spawn(async () =>
            {
                using (await mine.LockAsync())
                {
                }
            });
        }

        await Planted.ParkedAsync(runtime, "sync.Mutex.Lock", 20);
        if (mended)
        {
            Assert.Empty(await Planted.FindAsync(runtime, "hot-lock"));
        }
        else
        {
            Assert.Equal(20, (await UntilFoundAsync(runtime, "hot-lock")).Count);
        }

        Array.ForEach(held, static holder => holder.Dispose());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindAsync_OneThatWaitsTenTimesAsLongAsOthersOfItsSite_IsOld(bool mended)
    {
        HandClock clock = new();
        await Isolated.RunAsync(
            async runtime =>
            {
                FindingHistory history = new() { LeastBetween = 0 };
                var never = new Chan<int>();
                using CancellationTokenSource bound = new();
                Goroutine lost = Request(runtime, never, mended ? bound.Token : default);
                await Planted.ParkedAsync(runtime, "chan receive", 1);
                Pass(clock, runtime, s_minutes);
                if (mended)
                {
                    await bound.CancelAsync();
                    await Poll.UntilAsync(() => runtime.Count == 0, "the request to end");
                }

                // Others of its site come and go, each after a second.
                for (int i = 0; i < 15; i++)
                {
                    var reply = new Chan<int>();
                    Goroutine other = Request(runtime, reply, default);
                    await Planted.ParkedAsync(runtime, "chan receive", mended ? 1 : 2);
                    history.Add(Look.At(runtime));
                    Pass(clock, runtime, TimeSpan.FromSeconds(1));
                    await reply.SendAsync(1);
                    await other.JoinAsync();
                }

                Look look = Look.At(runtime);
                history.Add(look);
                List<Finding> found = [];
                history.AddOld(found, look, new FindingOptions());
                if (mended)
                {
                    Assert.Empty(found);
                    return;
                }

                Finding old = Assert.Single(found);
                Assert.Equal([lost.Id], old.Goroutines);
                Assert.Contains("10 minutes", old.Title, StringComparison.Ordinal);
                Assert.Equal("old-for-site", old.Kind);

                // The same age in all of a site is what is usual there.
                List<Finding> ofOlder = [];
                history.AddOld(ofOlder, look, new FindingOptions { Many = 30 });
                Assert.Empty(ofOlder);
                never.Close();
            },
            new GoRuntimeOptions { TimeProvider = clock });

        static Goroutine Request(GoRuntime runtime, Chan<int> reply, CancellationToken token) => runtime.Run(async () =>
        {
            try
            {
                await reply.ReceiveAsync(token);
            }
            catch (OperationCanceledException)
            {
                // bounded
            }
        });
    }

    [Fact]
    public async Task FindAsync_AllOfASiteWaitAlikeForLong_AreNotOld()
    {
        HandClock clock = new();
        await Isolated.RunAsync(
            async runtime =>
            {
                FindingHistory history = new() { LeastBetween = 0 };
                var jobs = new Chan<int>();
                for (int i = 0; i < 40; i++)
                {
                    runtime.Spawn(async () => await jobs.ReceiveAsync());
                }

                await Planted.ParkedAsync(runtime, "chan receive", 40);
                for (int i = 0; i < 5; i++)
                {
                    Pass(clock, runtime, s_minutes);
                    Look look = Look.At(runtime);
                    history.Add(look);
                    List<Finding> found = [];
                    history.AddOld(found, look, new FindingOptions());
                    Assert.Empty(found);
                }

                jobs.Close();
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task FindAsync_GoroutinesBehindALoopThatNeverGivesWay_Starve(bool mended) => Isolated.RunAsync(
        async runtime =>
        {
            bool stop = false;
            var begun = new Chan<int>(1);
            runtime.Spawn(async () =>
            {
                begun.TrySend(1);
                while (!Volatile.Read(ref stop))
                {
                    Thread.SpinWait(100);
                    if (mended)
                    {
                        await Go.Yield();
                    }
                }
            });
            await begun.ReceiveAsync();
            for (int i = 0; i < 3; i++)
            {
                runtime.Spawn(static () => ValueTask.CompletedTask);
            }

            if (mended)
            {
                await Poll.UntilAsync(() => runtime.Count == 1, "those behind the loop to end");
                Assert.Empty(await Planted.FindAsync(runtime, "starved"));
            }
            else
            {
                Finding found = await UntilFoundAsync(runtime, "starved");
                Assert.Equal(3, found.Count);
                Assert.Equal(FindingCertainty.Measured, found.Certainty);
            }

            Volatile.Write(ref stop, true);
        },
        new GoRuntimeOptions { MaxProcs = 1, MaxThreads = 1 });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task FindAsync_ThreadForEachGoroutine_IsToldOf(bool mended) => Isolated.RunAsync(
        async runtime =>
        {
            var stop = new Chan<int>();
            for (int i = 0; i < 14; i++)
            {
                if (mended)
                {
                    runtime.Spawn(async () => await stop.ReceiveAsync());
                }
                else
                {
                    runtime.Spawn(() => { stop.Receive(); });
                }
            }

            await Planted.ParkedAsync(runtime, "chan receive", 14);
            Finding[] found = await Planted.FindAsync(runtime, "threads");
            if (mended)
            {
                Assert.Empty(found);
            }
            else
            {
                Assert.Equal(14, Assert.Single(found).Count);
            }

            stop.Close();
        },
        new GoRuntimeOptions { MaxProcs = 2, MaxThreads = 16 });

    private static async Task<Finding> UntilFoundAsync(GoRuntime runtime, string kind)
    {
        Finding[] found = [];
        await Poll.UntilAsync(
            () =>
            {
                found = Planted.FindAsync(runtime, kind).GetAwaiter().GetResult();
                return found.Length != 0;
            },
            $"a finding \"{kind}\"");
        return Assert.Single(found);
    }

    /// <summary>Lets time pass for those that are parked: a goroutine keeps the time of the last reading of the clock.</summary>
    private static void Pass(HandClock clock, GoRuntime runtime, TimeSpan time)
    {
        clock.Advance(time);
        runtime.Scheduler.ReadClock();
    }
}
