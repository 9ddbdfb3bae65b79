using Xunit;

#pragma warning disable GOR602 // the real delay that holds up the clock is tested
namespace Goroutines.Testing.Tests;

/// <summary>Tests that would not end by themselves: what ends them, and what the report says.</summary>
public sealed class LimitTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_StuckBesideTicker_EndsAtRealLimitWithDump(int maxProcs)
    {
        var failure = Assert.Throws<TimeoutException>(() => GoTest.Run(StuckBesideTicker, new GoTestOptions { MaxProcs = maxProcs, RealLimit = s_moment }));
        Assert.Contains("RealLimit", failure.Message, StringComparison.Ordinal);
        Assert.Contains("goroutine 1 [chan receive", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_StuckBesideTicker_EndsAtVirtualLimitWithDump()
    {
        for (int i = 0; i < 3; i++)
        {
            int ticks = 0;
            var failure = Assert.Throws<TimeoutException>(() => GoTest.Run(
                async () =>
                {
                    Go.Spawn(async () =>
                    {
                        using var ticker = new Ticker(TimeSpan.FromSeconds(1));
                        await foreach (DateTimeOffset _ in ticker.C)
                        {
                            ticks++;
                        }
                    });
                    await new Chan<int>().ReceiveAsync();
                },
                new GoTestOptions { VirtualLimit = TimeSpan.FromMinutes(1) }));
            Assert.Contains("VirtualLimit", failure.Message, StringComparison.Ordinal);
            Assert.Contains("goroutine 1 [chan receive", failure.Message, StringComparison.Ordinal);
            Assert.Equal(60, ticks);
        }
    }

    [Fact]
    public void Run_SleepUpToVirtualLimit_IsNoFailure()
        => GoTest.Run(static async () => await Go.SleepAsync(TimeSpan.FromHours(1)), new GoTestOptions { VirtualLimit = TimeSpan.FromHours(1) });

    [Fact]
    public void Run_LoopThatNeverGivesWay_EndsAtRealLimit()
    {
        bool stop = false;
        var failure = Assert.Throws<TimeoutException>(() => GoTest.Run(
            () =>
            {
                while (!Volatile.Read(ref stop))
                {
                }

                return ValueTask.CompletedTask;
            },
            new GoTestOptions { RealLimit = s_moment }));
        Volatile.Write(ref stop, true);
        Assert.Contains("goroutine 1 [running]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LimitsOutOfRange_Throw()
    {
        Check(static o => o.RealLimit = TimeSpan.Zero, nameof(GoTestOptions.RealLimit));
        Check(static o => o.RealLimit = TimeSpan.FromSeconds(-1), nameof(GoTestOptions.RealLimit));
        Check(static o => o.VirtualLimit = TimeSpan.Zero, nameof(GoTestOptions.VirtualLimit));
        Check(static o => o.OutsideLimit = TimeSpan.FromSeconds(-1), nameof(GoTestOptions.OutsideLimit));
        Check(static o => o.OutsideGrace = TimeSpan.FromSeconds(-1), nameof(GoTestOptions.OutsideGrace));

        static void Check(Action<GoTestOptions> set, string name)
        {
            GoTestOptions options = new();
            set(options);
            Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => GoTest.Run(static () => { }, options)).ParamName);
        }
    }

    [Fact]
    public void Run_NoLimits_EndsByItself() => GoTest.Run(
        static async () => await Go.SleepAsync(TimeSpan.FromHours(1)),
        new GoTestOptions { RealLimit = Timeout.InfiniteTimeSpan, OutsideLimit = Timeout.InfiniteTimeSpan });

    public enum Hold
    {
        Task,
        RealDelay,
        Network,
        BlockingRegion,
        SynchronousForm,
    }

    [Theory]
    [InlineData(Hold.Task, "awaits a task that no timer of GoTest.TimeProvider completes", "set OutsideGrace to zero")]
    [InlineData(Hold.RealDelay, "awaits a task that no timer of GoTest.TimeProvider completes", "give it GoTest.TimeProvider")]
    [InlineData(Hold.Network, "waits for the network", "Sockets work in real time")]
    [InlineData(Hold.BlockingRegion, "blocks its thread", "is not durably blocked")]
    [InlineData(Hold.SynchronousForm, "blocks its thread", "is not durably blocked")]
    public void Run_HeldFromOutside_NamesTheGoroutineAndTheRemedy(Hold hold, string what, string remedy)
    {
        using var release = new ManualResetEventSlim();
        var values = new Chan<int>();
        var failure = Assert.Throws<TimeoutException>(() => GoTest.Run(
            async () =>
            {
                Go.Spawn(static async () => await Go.SleepAsync(TimeSpan.FromHours(1)));
                await Go.Yield();
                switch (hold)
                {
                    case Hold.Task:
                        await new TaskCompletionSource().Task;
                        break;
                    case Hold.RealDelay:
                        await Task.Delay(TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
                        break;
                    case Hold.Network:
                        using (var listener = Goroutines.Net.Listener.Listen("127.0.0.1:0"))
                        {
                            await listener.AcceptAsync();
                        }

                        break;
                    case Hold.BlockingRegion:
                        Go.Blocking(release.Wait);
                        break;
                    default:
                        values.Receive();
                        break;
                }
            },
            new GoTestOptions { OutsideLimit = s_moment }));
        release.Set();
        values.Close();
        Assert.Contains("goroutine 1 (", failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(LimitTests), failure.Message, StringComparison.Ordinal);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("goroutine 2 (", failure.Message, StringComparison.Ordinal); // the sleeper holds nothing
        Assert.Contains("goroutine 2 [sleep]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ManyHeldFromOutside_NamesTheFirst()
    {
        var failure = Assert.Throws<TimeoutException>(() => GoTest.Run(
            static async () =>
            {
                for (int i = 0; i < 30; i++)
                {
                    Go.Spawn(static async () => await new TaskCompletionSource().Task);
                }

                await Go.SleepAsync(TimeSpan.FromSeconds(1));
            },
            new GoTestOptions { OutsideLimit = s_moment }));
        Assert.Contains("and 20 others", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_DeadlockWhereTasksCountAsBlocked_SaysSo()
    {
        var failure = Assert.Throws<DeadlockException>(() => GoTest.Run(
            static async () =>
            {
                Go.Spawn(static async () => await new Chan<int>().ReceiveAsync());
                await new TaskCompletionSource().Task;
            },
            new GoTestOptions { OutsideGrace = TimeSpan.Zero }));
        Assert.StartsWith("all goroutines are asleep - deadlock!", failure.Message, StringComparison.Ordinal);
        Assert.Contains("OutsideGrace is zero", failure.Message, StringComparison.Ordinal);
        Assert.Contains("goroutine 1 (", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("goroutine 2 (", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What is about to come from outside is no deadlock, although it does not hold the clock.</summary>
    [Fact]
    public void Run_TaskOfThePoolWithoutGrace_IsWaitedForBeforeADeadlock() => GoTest.Run(
        static async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                await Task.Run(static () => Thread.Sleep(1));
            }
        },
        new GoTestOptions { OutsideGrace = TimeSpan.Zero });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Run_SocketWithoutTimers_IsNoDeadlockWhateverTheGrace(int graceMilliseconds) => GoTest.Run(
        static async () =>
        {
            using var listener = Goroutines.Net.Listener.Listen("127.0.0.1:0");
            using var called = new ManualResetEventSlim();
            string address = listener.LocalEndPoint.ToString()!;
            Task<int> caller = Task.Run(() =>
            {
                Thread.Sleep(150); // longer than any patience
                using var client = new System.Net.Sockets.TcpClient();
                client.Connect(System.Net.IPEndPoint.Parse(address));
                return 1;
            });
            using (await listener.AcceptAsync())
            {
            }

            Assert.Equal(1, await caller);
        },
        new GoTestOptions { OutsideGrace = TimeSpan.FromMilliseconds(graceMilliseconds) });

    [Fact]
    public void Run_Cancelled_EndsWhateverItDoes()
    {
        foreach (Func<ValueTask> body in new Func<ValueTask>[]
        {
            static async () => await new TaskCompletionSource().Task,
            StuckBesideTicker,
            static async () => await Task.Delay(TimeSpan.FromHours(1)),
        })
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            var failure = Assert.Throws<OperationCanceledException>(() => GoTest.Run(body, new GoTestOptions { CancellationToken = source.Token }));
            Assert.Equal(source.Token, failure.CancellationToken);
        }
    }

    [Fact]
    public void Run_CancelledBefore_DoesNotRunTheBody()
    {
        bool ran = false;
        Assert.Throws<OperationCanceledException>(() => GoTest.Run(() => { ran = true; }, new GoTestOptions { CancellationToken = new CancellationToken(true) }));
        Assert.Throws<OperationCanceledException>(() => GoTest.Explore(() => { ran = true; }, new ExploreOptions { CancellationToken = new CancellationToken(true) }));
        Assert.False(ran);
    }

    [Fact]
    public void Explore_LoopThatNeverGivesWay_EndsAtRealLimit()
    {
        bool stop = false;
        var failure = Assert.Throws<ExplorationException>(() => GoTest.Explore(
            () =>
            {
                while (!Volatile.Read(ref stop))
                {
                }

                return ValueTask.CompletedTask;
            },
            new ExploreOptions { RealLimit = s_moment }));
        Volatile.Write(ref stop, true);
        Assert.Equal(FailureKind.RealLimit, failure.Kind);
        Assert.Contains("random:", failure.Seed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Explore_Cancelled_Ends(bool inTheMiddleOfATurn)
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        bool stop = false;
        Assert.Throws<OperationCanceledException>(() => GoTest.Explore(
            async () =>
            {
                await Go.Yield();
                while (inTheMiddleOfATurn && !Volatile.Read(ref stop))
                {
                }
            },
            new ExploreOptions { Schedules = int.MaxValue, CancellationToken = source.Token }));
        Volatile.Write(ref stop, true);
    }

    private static async ValueTask StuckBesideTicker()
    {
        Go.Spawn(static async () =>
        {
            using var ticker = new Ticker(TimeSpan.FromSeconds(1));
            await foreach (DateTimeOffset _ in ticker.C)
            {
            }
        });
        await new Chan<int>().ReceiveAsync();
    }
}
