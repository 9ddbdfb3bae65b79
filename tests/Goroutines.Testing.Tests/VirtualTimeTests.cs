using Xunit;

namespace Goroutines.Testing.Tests;

/// <summary>What moves the clock of a test.</summary>
public sealed class VirtualTimeTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static DateTimeOffset Now => GoTest.TimeProvider.GetUtcNow();

    [Fact]
    public void Run_HourOfSleep_TakesVirtualTimeOnly() => GoTest.Run(async () =>
    {
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), Now);
        await Go.SleepAsync(s_hour);
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 1, 0, 0, TimeSpan.Zero), Now);
    });

    [Fact]
    public void Run_Sleepers_WakeInTheOrderOfTheirTimes() => GoTest.Run(async () =>
    {
        var woken = new Chan<(int Hours, TimeSpan At)>(4);
        DateTimeOffset begun = Now;
        foreach (int hours in new[] { 3, 1, 4, 2 })
        {
            Go.Spawn(async () =>
            {
                await Go.SleepAsync(hours * s_hour);
                await woken.SendAsync((hours, Now - begun));
            });
        }

        for (int i = 1; i <= 4; i++)
        {
            Assert.Equal((i, i * s_hour), (await woken.ReceiveAsync()).Value);
        }
    });

    [Fact]
    public void Run_DayOfTicks_ComesAtWholeSeconds() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        using var ticker = new Ticker(TimeSpan.FromSeconds(1));
        for (int i = 1; i <= 3600; i++)
        {
            (DateTimeOffset at, _) = await ticker.C.ReceiveAsync();
            Assert.Equal(begun.AddSeconds(i), at);
        }
    });

    [Fact]
    public void Run_StoppedTimer_DoesNotMoveTheClock() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        using (var late = new GoTimer(s_hour))
        {
            await Select(late);
        }

        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(2), Now - begun);

        static async Task Select(GoTimer late)
        {
            int chosen = await new Select().Receive(late.C, out _).Timeout(TimeSpan.FromSeconds(1), out _).WaitAsync();
            Assert.Equal(1, chosen);
        }
    });

    [Fact]
    public void Run_ContextWithTimeout_EndsInVirtualTime() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        using CancelContext context = GoContext.Background.WithTimeout(s_hour);
        await context.Done.ReceiveAsync();
        Assert.IsType<DeadlineExceededException>(context.Err);
        Assert.Equal(s_hour, Now - begun);
    });

    [Fact]
    public void Run_TaskDelayOnTheClock_FollowsIt() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        await Task.Delay(s_hour, GoTest.TimeProvider);
        Assert.Equal(s_hour, Now - begun);
        await InLibraryCode(GoTest.TimeProvider);
        Assert.Equal(2 * s_hour, Now - begun);
        await Task.WhenAll(Task.Delay(s_hour, GoTest.TimeProvider), Task.Delay(2 * s_hour, GoTest.TimeProvider));
        Assert.Equal(4 * s_hour, Now - begun);

        static async Task InLibraryCode(TimeProvider clock) => await Task.Delay(s_hour, clock).ConfigureAwait(false);
    });

    [Fact]
    public void Run_TaskDelayInSynchronousBody_FollowsTheClock() => GoTest.Run(() =>
    {
        DateTimeOffset begun = Now;
        Go.Wait(Task.Delay(s_hour, GoTest.TimeProvider));
        Assert.Equal(s_hour, Now - begun);
    });

    [Fact]
    public void Run_PeriodicTimerOnTheClock_FollowsIt() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), GoTest.TimeProvider);
        for (int i = 1; i <= 10; i++)
        {
            Assert.True(await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));
            Assert.Equal(TimeSpan.FromMinutes(i), Now - begun);
        }
    });

    [Fact]
    public void Run_TimeoutOfTaskOnTheClock_FollowsIt() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        await Assert.ThrowsAsync<TimeoutException>(() => new TaskCompletionSource().Task.WaitAsync(s_hour, GoTest.TimeProvider, TestContext.Current.CancellationToken));
        Assert.Equal(s_hour, Now - begun);
    });

    [Fact]
    public void Run_TokenOnTheClock_CancelsOperation() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        using var source = new CancellationTokenSource(s_hour, GoTest.TimeProvider);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new Chan<int>().ReceiveAsync(source.Token));
        Assert.Equal(s_hour, Now - begun);
    });

    [Fact]
    public void Run_TimersOfTheClock_MayBeChangedAndDisposed() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        var fired = new Chan<TimeSpan>(10);
        ITimer timer = GoTest.TimeProvider.CreateTimer(_ => fired.TrySend(Now - begun), null, s_hour, Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)));
        Assert.Equal(TimeSpan.FromMinutes(1), (await fired.ReceiveAsync()).Value);
        Assert.Equal(TimeSpan.FromMinutes(3), (await fired.ReceiveAsync()).Value);
        timer.Dispose();
        Assert.False(timer.Change(s_hour, s_hour));
        await Go.SleepAsync(s_hour);
        Assert.Equal(0, fired.Count);
    });

    [Fact]
    public void Run_SeveralOperationsAtOnce_CountAsBlocked() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        await Task.WhenAll(Sleep(1), Sleep(3), Sleep(2));
        Assert.Equal(3 * s_hour, Now - begun);

        static async Task Sleep(int hours) => await Go.SleepAsync(hours * s_hour);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_ManyGoroutines_AllFollowTheClock(int maxProcs) => GoTest.Run(
        async () =>
        {
            const int Count = 500;
            DateTimeOffset begun = Now;
            var done = new Chan<TimeSpan>();
            for (int i = 1; i <= Count; i++)
            {
                int minutes = i;
                Go.Spawn(async () =>
                {
                    for (int m = 0; m < minutes; m += 100)
                    {
                        await Go.SleepAsync(TimeSpan.FromMinutes(Math.Min(100, minutes - m)));
                    }

                    await done.SendAsync(TimeSpan.FromMinutes(minutes) - (Now - begun));
                });
            }

            for (int i = 0; i < Count; i++)
            {
                Assert.Equal(TimeSpan.Zero, (await done.ReceiveAsync()).Value);
            }

            Assert.Equal(TimeSpan.FromMinutes(Count), Now - begun);
        },
        new GoTestOptions { MaxProcs = maxProcs });

    [Fact]
    public void Run_SynchronousGoroutines_FollowTheClock() => GoTest.Run(() =>
    {
        DateTimeOffset begun = Now;
        Goroutine<int> other = Go.Run(() =>
        {
            Go.Wait(Go.SleepAsync(s_hour));
            return 1;
        });
        Assert.Equal(1, other.Join());
        Assert.Equal(s_hour, Now - begun);
    });
}
