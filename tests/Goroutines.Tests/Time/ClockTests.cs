using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Time;

/// <summary>Clocks other than the system's: ones that are set, that go on when they are read, that are far from the time they are asked for.</summary>
public class ClockTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0.4)]
    [InlineData(1.1)]
    [InlineData(10)]
    [InlineData(3_600_000)]
    public async Task Sleep_ClockThatGoesOnWhenRead_Ends(double perReading)
    {
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(perReading) };
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock, MaxProcs = 2 });
        Task sleeping = runtime.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(perReading * 3));
            }
        }).JoinAsync().AsTask();
        await EndsAsync(sleeping, clock);
    }

    [Fact]
    public async Task EverythingTimed_ClockThatGoesOnWhenRead_Ends()
    {
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(5) };
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        Task all = runtime.Run(async () =>
        {
            await Go.After(TimeSpan.FromMilliseconds(20)).ReceiveAsync();
            using var ticker = new Ticker(TimeSpan.FromMilliseconds(20));
            await ticker.C.ReceiveAsync();
            await ticker.C.ReceiveAsync();
            await new Select().Timeout(TimeSpan.FromMilliseconds(20), out _).WaitAsync();
            using CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(20));
            await context.Done.ReceiveAsync();
        }).JoinAsync().AsTask();
        await EndsAsync(all, clock);
    }

    [Fact]
    public async Task Sleep_ClockTurnedWhileItsTimerIsSet_IsNotLate()
    {
        var clock = new HandClock();
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        int turned = 0;
        clock.Changing = () =>
        {
            if (Interlocked.Exchange(ref turned, 1) == 0)
            {
                clock.Advance(TimeSpan.FromMinutes(30));
            }
        };
        Goroutine sleeper = runtime.Run(async () => await Go.SleepAsync(TimeSpan.FromHours(1)));
        await Poll.UntilAsync(() => Volatile.Read(ref turned) != 0 && runtime.Snapshot().Any(static g => g.WaitReason == "sleep"), "the sleep to begin");
        await Poll.UntilAsync(() => Settled(runtime), "the worker to go to sleep");
        clock.Advance(TimeSpan.FromMinutes(30)); // an hour in all
        await sleeper.JoinAsync().AsTask().WaitAsync(Limits.Wait);
    }

    /// <summary>Many a provider's timers end at 24.8 or 49.7 days.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(25)]
    [InlineData(60)]
    [InlineData(2000)]
    public async Task Sleep_FarBeyondATimersLongestTime_LastsThatLong(int days)
    {
        var clock = new HandClock { LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue) };
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        Goroutine sleeper = runtime.Run(async () => await Go.SleepAsync(TimeSpan.FromDays(days)));
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "sleep"), "the sleep to begin");
        for (int day = 0; day < days; day += 20)
        {
            Assert.False(sleeper.IsCompleted);
            clock.Advance(TimeSpan.FromDays(Math.Min(20, days - day)));
        }

        await sleeper.JoinAsync().AsTask().WaitAsync(Limits.Wait);
    }

    [Fact]
    public async Task Spans_ThatWouldOverflow_NeverEnd()
    {
        var clock = new FakeTimeProvider();
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        clock.Advance(TimeSpan.FromDays(200 * 365)); // nanoseconds since the start come near the end of 64 bits
        Goroutine[] sleepers =
        [
            runtime.Run(async () => await Go.SleepAsync(TimeSpan.MaxValue)),
            runtime.Run(async () => await Go.SleepAsync(TimeSpan.FromDays(110_000))),
        ];
        Goroutine shorter = runtime.Run(async () => await Go.SleepAsync(TimeSpan.FromDays(30 * 365)));
        await Poll.UntilAsync(() => runtime.Snapshot().Count(static g => g.WaitReason == "sleep") == 3, "the sleeps to begin");
        clock.Advance(TimeSpan.FromDays(30 * 365));
        await shorter.JoinAsync().AsTask().WaitAsync(Limits.Wait);
        Assert.All(sleepers, static sleeper => Assert.False(sleeper.IsCompleted));
    }

    [Fact]
    public async Task Timestamps_ThatGoBack_MakeNoSleepEndless()
    {
        var clock = new HandClock();
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        clock.Advance(-TimeSpan.FromHours(1));
        Goroutine sleeper = runtime.Run(async () => await Go.SleepAsync(s_second));
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "sleep"), "the sleep to begin");
        await Poll.UntilAsync(() => Settled(runtime), "the worker to go to sleep");
        clock.Advance(TimeSpan.FromHours(1) + s_second);
        await sleeper.JoinAsync().AsTask().WaitAsync(Limits.Wait);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task WallClock_Set_MovesNoSleepAndNoTimer(int minutes)
    {
        var clock = new HandClock();
        await using var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        Goroutine sleeper = runtime.Run(async () => await Go.SleepAsync(2 * s_second));
        Goroutine timer = runtime.Run(async () => { await Go.After(2 * s_second).ReceiveAsync(); });
        Goroutine context = runtime.Run(async () => { await GoContext.Background.WithTimeout(2 * s_second).Done.ReceiveAsync(); });
        await Poll.UntilAsync(() => runtime.Snapshot().Count(static g => g.Status == GoroutineStatus.Waiting) == 3, "the waits to begin");
        clock.SetWallClock(TimeSpan.FromMinutes(minutes));
        clock.Advance(s_second);
        await Poll.UntilAsync(() => Settled(runtime), "the workers to have looked");
        Assert.False(sleeper.IsCompleted || timer.IsCompleted || context.IsCompleted);
        clock.Advance(s_second);
        await Task.WhenAll(sleeper.AsTask(), timer.AsTask(), context.AsTask()).WaitAsync(Limits.Wait);
    }

    /// <summary>Such a clock stands still unless it is read.</summary>
    private static async Task EndsAsync(Task waiting, FakeTimeProvider clock)
    {
        await Poll.UntilAsync(
            () =>
            {
                clock.GetTimestamp();
                return waiting.IsCompleted;
            },
            "the waits to end");
        await waiting;
    }

    private static bool Settled(GoRuntime runtime) => runtime.Scheduler.IdleProcs == runtime.MaxProcs;
}
