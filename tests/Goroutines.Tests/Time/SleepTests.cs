using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Time;

public class SleepTests
{
    [Fact]
    public Task Sleep_Zero_YieldsToTheOthers() => Isolated.GoAsync(
        async () =>
        {
            int turns = 0;
            var other = Go.Run(async () =>
            {
                for (; turns < 100; turns++)
                {
                    await Go.Yield();
                }
            });

            while (turns < 100)
            {
                await Go.SleepAsync(TimeSpan.Zero);
            }

            await other;
        },
        new GoRuntimeOptions { MaxProcs = 1, TimeProvider = new FakeTimeProvider() });

    public static TheoryData<TimeSpan> Negative => new(
        TimeSpan.FromTicks(-1), TimeSpan.FromMilliseconds(-2), TimeSpan.FromSeconds(-1), TimeSpan.MinValue);

    [Theory]
    [MemberData(nameof(Negative))]
    public Task Sleep_Negative_EndsAtOnce(TimeSpan duration) => Isolated.GoAsync(
        async () =>
        {
            await Check();
            await Task.Run(Check);
            await PlainThread.Run(() =>
            {
                Go.Sleep(duration);
                return true;
            });
            await Go.Run(() => Go.Sleep(duration));

            async Task Check()
            {
                await Go.SleepAsync(duration);
                Go.Sleep(duration);
            }
        },
        new GoRuntimeOptions { TimeProvider = new FakeTimeProvider() });

    [Fact]
    public async Task Sleep_Infinite_WaitsUntilCancelled()
    {
        var clock = new FakeTimeProvider();
        using var cts = new CancellationTokenSource();
        await Isolated.RunAsync(
            async runtime =>
            {
                var handle = runtime.Run(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, cts.Token));
                await UntilSleeping(runtime, 1);
                clock.Advance(TimeSpan.FromDays(10_000));
                await runtime.Run(async () => await Go.Yield()).JoinAsync();
                Assert.Equal(1, runtime.Count);

                await cts.CancelAsync();

                var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await handle.JoinAsync());
                Assert.Equal(cts.Token, thrown.CancellationToken);
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public Task Sleep_Cancelled_ThrowsWithoutWaiting() => Isolated.RunAsync(
        async runtime =>
        {
            using var cts = new CancellationTokenSource();
            var handle = runtime.Run(async () =>
            {
                long me = Go.CurrentId;
                var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(
                    async () => await Go.SleepAsync(TimeSpan.FromHours(1), cts.Token));
                Assert.Equal(cts.Token, thrown.CancellationToken);
                Assert.Equal(me, Go.CurrentId);
            });
            await UntilSleeping(runtime, 1);

            await cts.CancelAsync();

            await handle.JoinAsync();
        },
        new GoRuntimeOptions { TimeProvider = new FakeTimeProvider() });

    [Fact]
    public Task Sleep_TokenAlreadyCancelled_Throws() => Isolated.GoAsync(async () =>
    {
        var token = new CancellationToken(true);
        foreach (var duration in (TimeSpan[])[TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan])
        {
            var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.SleepAsync(duration, token));
            Assert.Equal(token, thrown.CancellationToken);
        }
    });

    [Fact]
    public Task Sleep_CancelledAfterItsEnd_ChangesNothing() => Isolated.GoAsync(async () =>
    {
        for (int i = 0; i < 100; i++)
        {
            using var cts = new CancellationTokenSource();
            await Go.SleepAsync(TimeSpan.FromMicroseconds(10), cts.Token);
            await cts.CancelAsync();

            // If the cancellation still reached the pooled sleep, this one would end by it.
            await Go.SleepAsync(TimeSpan.FromMicroseconds(10));
        }
    });

    [Fact]
    public async Task Sleep_LongestDuration_DoesNotOverflow()
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                using var cts = new CancellationTokenSource();
                clock.Advance(TimeSpan.FromDays(400));
                var handle = runtime.Run(async () => await Go.SleepAsync(TimeSpan.MaxValue, cts.Token));
                await UntilSleeping(runtime, 1);
                clock.Advance(TimeSpan.FromDays(400));
                await runtime.Run(async () => await Go.Yield()).JoinAsync();
                Assert.Equal(1, runtime.Count);

                await cts.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await handle.JoinAsync());
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public async Task Sleep_OnTheRuntimesClock_WakesWhenDueAndNotBefore()
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                var woken = new Chan<int>(2);
                runtime.Spawn(async () =>
                {
                    await Go.SleepAsync(TimeSpan.FromSeconds(10));
                    woken.TrySend(10);
                });
                runtime.Spawn(async () =>
                {
                    await Go.SleepAsync(TimeSpan.FromSeconds(9));
                    woken.TrySend(9);
                });
                await UntilSleeping(runtime, 2);

                clock.Advance(TimeSpan.FromMilliseconds(9_999));
                Assert.Equal(9, (await woken.ReceiveAsync()).Value);

                // Woken together with the first it would have run by the end of a few rounds through the queue.
                for (int i = 0; i < 10; i++)
                {
                    await runtime.Run(async () => await Go.Yield()).JoinAsync();
                }

                Assert.Equal(0, woken.Count);
                clock.Advance(TimeSpan.FromMilliseconds(1));
                Assert.Equal(10, (await woken.ReceiveAsync()).Value);
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Sleep_StepByStep_OneWakesAtEachStep(int procs)
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                var woken = new Chan<int>(16);
                int[] order = [5, 3, 8, 1, 7, 2, 6, 4];
                foreach (int seconds in order)
                {
                    runtime.Spawn(async () =>
                    {
                        await Go.SleepAsync(TimeSpan.FromSeconds(seconds));
                        woken.TrySend(seconds);
                    });
                }

                await UntilSleeping(runtime, order.Length);
                for (int second = 1; second <= order.Length; second++)
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    Assert.Equal(second, (await woken.ReceiveAsync()).Value);
                    Assert.Equal(0, woken.Count);
                }
            },
            new GoRuntimeOptions { TimeProvider = clock, MaxProcs = procs });
    }

    [Fact]
    public async Task Sleep_AllDueAtOnce_WakeInTheOrderOfTheirTimes()
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                const int Sleepers = 200;
                var random = new Random(Seed.Get(nameof(Sleep_AllDueAtOnce_WakeInTheOrderOfTheirTimes)));
                var woken = new List<int>();
                int[] times = [.. Enumerable.Range(1, Sleepers)];
                random.Shuffle(times);
                var handles = times.Select(time => runtime.Run(async () =>
                {
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(time));
                    woken.Add(time);
                })).ToList();
                await UntilSleeping(runtime, Sleepers);

                clock.Advance(TimeSpan.FromSeconds(1));
                foreach (var handle in handles)
                {
                    await handle.JoinAsync();
                }

                // With one P they run in the order in which the timers made them ready, but for the one goroutine that
                // the slot for the next may let go first.
                Assert.Equal(Sleepers, woken.Count);
                int displaced = woken.Select((time, place) => Math.Abs(time - 1 - place) > 1 ? 1 : 0).Sum();
                Assert.True(displaced <= 1, "woken in the order " + string.Join(' ', woken));
            },
            new GoRuntimeOptions { TimeProvider = clock, MaxProcs = 1, MaxThreads = 1 });
    }

    [Fact]
    public Task Sleep_RealClock_LastsAtLeastItsDuration() => Isolated.GoAsync(async () =>
    {
        foreach (double milliseconds in (double[])[0.01, 0.5, 1, 5, 12.5])
        {
            var duration = TimeSpan.FromMilliseconds(milliseconds);
            long start = TimeProvider.System.GetTimestamp();
            await Go.SleepAsync(duration);
            Assert.True(TimeProvider.System.GetElapsedTime(start) >= duration);
        }
    });

    [Fact]
    public async Task Sleep_OutsideAGoroutine_Works()
    {
        long start = TimeProvider.System.GetTimestamp();
        await Go.SleepAsync(TimeSpan.FromMilliseconds(2));
        await Task.Run(async () => await Go.SleepAsync(TimeSpan.FromMilliseconds(2)));
        await PlainThread.Run(() => Go.Wait(Go.SleepAsync(TimeSpan.FromMilliseconds(2))));
        await Go.SleepAsync(TimeSpan.Zero);
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(6));

        using var cts = new CancellationTokenSource(1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan, cts.Token));
    }

    [Fact]
    public Task Sleep_AwaitedTwice_Throws() => Isolated.GoAsync(async () =>
    {
        var sleep = Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        await sleep;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await sleep);
    });

    [Fact]
    public Task Sleep_CancellationRacesWithTheEnd_OneOfThemWins() => Isolated.GoAsync(async () =>
    {
        var random = new Random(Seed.Get(nameof(Sleep_CancellationRacesWithTheEnd_OneOfThemWins)));
        int ended = 0;
        int cancelled = 0;
        for (int i = 0; i < 500; i++)
        {
            using var cts = new CancellationTokenSource();
            int spins = random.Next(2000);
            var cancelling = Task.Run(() =>
            {
                Thread.SpinWait(spins);
                cts.Cancel();
            });
            try
            {
                await Go.SleepAsync(TimeSpan.FromMicroseconds(20), cts.Token);
                ended++;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            await cancelling;
        }

        Assert.Equal(500, ended + cancelled);
    });

    private static Task UntilSleeping(GoRuntime runtime, int count) => Poll.UntilAsync(
        () => runtime.Snapshot().Count(info => info.WaitReason == "sleep") == count, $"{count} goroutines to sleep");
}
