using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Time;

/// <summary>The runtime's clock for code that asks for it, inside and outside of goroutines.</summary>
public class RuntimeClockTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public Task Now_InAGoroutine_IsTheRuntimesTime() => VirtualTime.RunAsync(clock =>
    {
        Assert.Same(clock, Go.TimeProvider);
        Assert.Equal(clock.GetUtcNow(), Go.Now);
        clock.Advance(s_hour);
        Assert.Equal(clock.GetUtcNow(), Go.Now);
        return Task.CompletedTask;
    });

    [Fact]
    public void Now_OutsideOfGoroutines_IsTheSystemsTime()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        Assert.InRange(Go.Now, before, DateTimeOffset.UtcNow);
        Assert.Same(TimeProvider.System, Go.TimeProvider);
    }

    /// <summary>The Go way to a deadline, <c>time.Now().Add(d)</c>, in virtual time.</summary>
    [Fact]
    public Task WithDeadline_NowAndAWhile_EndsAfterThatWhile() => VirtualTime.RunAsync(async clock =>
    {
        using CancelContext context = GoContext.Background.WithDeadline(Go.Now + s_hour);
        Goroutine sleeper = Go.Run(static async () => await Go.SleepUntilAsync(Go.Now + s_hour));
        await VirtualTime.ParkedAsync(sleeper.Id, "sleep");
        clock.Advance(s_hour - TimeSpan.FromSeconds(1));
        Assert.False(context.IsCancelled);
        clock.Advance(TimeSpan.FromSeconds(1));
        await context.Done.ReceiveAsync();
        await sleeper;
    });

    [Fact]
    public Task SleepUntilAsync_Cancelled_Throws() => VirtualTime.RunAsync(async _ =>
    {
        using var source = new CancellationTokenSource();
        Goroutine sleeper = Go.Run(async () => await Go.SleepUntilAsync(Go.Now + s_hour, source.Token));
        await VirtualTime.ParkedAsync(sleeper.Id, "sleep");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sleeper);
    });

    [Fact]
    public Task Tick_EachPeriod_GivesTheTime() => VirtualTime.RunAsync(async clock =>
    {
        Receiver<DateTimeOffset> ticks = Go.Tick(s_hour);
        for (int i = 0; i < 3; i++)
        {
            Assert.False(ticks.TryReceive(out _));
            clock.Advance(s_hour);
            Assert.Equal(Go.Now, await ticks.TakeAsync());
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-10_000)]
    public void Tick_PeriodNotPositive_IsRefused(long ticks)
    {
        ArgumentOutOfRangeException thrown = Assert.Throws<ArgumentOutOfRangeException>("period", () => { Go.Tick(TimeSpan.FromTicks(ticks)); });
        Assert.Equal(TimeSpan.FromTicks(ticks), thrown.ActualValue);
        Assert.Throws<ArgumentOutOfRangeException>("period", () => new Ticker(TimeSpan.FromTicks(ticks)));
    }

    /// <summary>A synchronous sleep really sleeps, wherever it is called.</summary>
    [Fact]
    public async Task Sleep_EachKindOfCaller_WaitsForTheTime()
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                Goroutine synchronous = runtime.Run(static () => Go.Sleep(s_hour));
                Goroutine stackless = runtime.Run(static async () =>
                {
                    await Go.Yield();
                    Go.Sleep(s_hour);
                });
                Task thread = PlainThread.Run(() => runtime.Sleep(s_hour));
                await Poll.UntilAsync(() => runtime.Snapshot().Any(g => g.Id == synchronous.Id && g.WaitReason == "sleep"), "the synchronous body to sleep");
                await Poll.UntilAsync(() => runtime.Snapshot().Any(g => g.Id == stackless.Id && g.Status == GoroutineStatus.Blocking), "the async body to block");
                clock.Advance(s_hour / 2);
                Assert.False(synchronous.IsCompleted || stackless.IsCompleted || thread.IsCompleted);
                await Poll.UntilAsync(
                    () =>
                    {
                        clock.Advance(s_hour / 2); // the plain thread may come to its sleep late
                        return synchronous.IsCompleted && stackless.IsCompleted && thread.IsCompleted;
                    },
                    "three sleepers to wake");
                await synchronous;
                await stackless;
                await thread;
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public Task Sleep_Cancelled_Throws() => Isolated.GoAsync(async () =>
    {
        using var source = new CancellationTokenSource();
        Goroutine sleeper = Go.Run(() => Go.Sleep(Timeout.InfiniteTimeSpan, source.Token));
        await VirtualTime.ParkedAsync(sleeper.Id, "sleep");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sleeper);
        Assert.ThrowsAny<OperationCanceledException>(() => Go.Sleep(TimeSpan.Zero, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => Go.Sleep(s_hour, source.Token));
    });

    /// <summary>A synchronous sleep of no time lets the others have a turn.</summary>
    [Fact]
    public Task Sleep_Zero_GivesWayInASynchronousBody() => Isolated.OneAtATimeAsync(static async () =>
    {
        int turns = 0;
        Goroutine other = Go.Run(async () =>
        {
            while (Volatile.Read(ref turns) < 100)
            {
                turns++;
                await Go.Yield();
            }
        });
        await Go.Run(() =>
        {
            while (Volatile.Read(ref turns) < 100)
            {
                Go.Sleep(TimeSpan.Zero);
            }
        });
        await other;
    });

    /// <summary>A class that is given a runtime waits on its clock, although it is called from outside.</summary>
    [Fact]
    public async Task Runtime_AskedFromOutside_WaitsOnItsOwnClock()
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                Assert.Equal(clock.GetUtcNow(), runtime.Now);
                Assert.Same(clock, runtime.TimeProvider);
                Task sleep = runtime.SleepAsync(s_hour).AsTask();
                Task until = runtime.SleepUntilAsync(runtime.Now + s_hour).AsTask();
                Receiver<DateTimeOffset> after = runtime.After(s_hour);
                Receiver<DateTimeOffset> tick = runtime.Tick(s_hour);
                using var timer = new GoTimer(s_hour, runtime);
                using var timerAt = new GoTimer(runtime.Now + s_hour, runtime);
                using var ticker = new Ticker(s_hour, runtime);
                var ran = new Chan<GoRuntime>(3);
                GoTimer.AfterFunc(s_hour, async () => await ran.SendAsync(GoRuntime.Current), runtime);
                GoTimer.AfterFunc(s_hour, () => { ran.TrySend(GoRuntime.Current); }, runtime);
                using CancelContext timeout = GoContext.Background.WithTimeout(s_hour, null, runtime);
                using CancelContext deadline = GoContext.Background.WithDeadline(runtime.Now + s_hour, runtime: runtime);
                timeout.AfterFunc(() => { ran.TrySend(GoRuntime.Current); }, runtime);

                clock.Advance(s_hour - TimeSpan.FromTicks(1));
                Assert.False(sleep.IsCompleted || until.IsCompleted || timeout.IsCancelled || deadline.IsCancelled);
                Assert.False(after.TryReceive(out _) || tick.TryReceive(out _) || timer.C.TryReceive(out _) || timerAt.C.TryReceive(out _) || ticker.C.TryReceive(out _));
                clock.Advance(TimeSpan.FromTicks(1));
                await sleep.WaitAsync(Limits.Wait);
                await until.WaitAsync(Limits.Wait);
                foreach (Receiver<DateTimeOffset> channel in (Receiver<DateTimeOffset>[])[after, tick, timer.C, timerAt.C, ticker.C])
                {
                    Assert.Equal(runtime.Now, await channel.TakeAsync().AsTask().WaitAsync(Limits.Wait));
                }

                await timeout.Done.ReceiveAsync().AsTask().WaitAsync(Limits.Wait);
                await deadline.Done.ReceiveAsync().AsTask().WaitAsync(Limits.Wait);
                for (int i = 0; i < 3; i++)
                {
                    Assert.Same(runtime, await ran.TakeAsync().AsTask().WaitAsync(Limits.Wait));
                }
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public Task AfterFunc_Action_RunsOnAWorkerWithoutAThreadOfItsOwn() => Isolated.GoAsync(static async () =>
    {
        var ran = new Chan<(long Id, string? Thread)>(2);
        GoTimer.AfterFunc(TimeSpan.Zero, () => { ran.TrySend((Go.CurrentId, Thread.CurrentThread.Name)); });
        using (CancelContext context = GoContext.Background.WithCancel())
        {
            context.AfterFunc(() => { ran.TrySend((Go.CurrentId, Thread.CurrentThread.Name)); });
        }

        for (int i = 0; i < 2; i++)
        {
            (long id, string? thread) = await ran.TakeAsync();
            Assert.NotEqual(0, id);
            Assert.DoesNotContain("goroutine ", thread ?? "", StringComparison.Ordinal);
        }
    });
}
