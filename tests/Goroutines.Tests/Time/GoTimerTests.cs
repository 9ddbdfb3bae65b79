using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Time;

/// <summary>Timers with a channel. What Go's tests of the same behaviour are called stands beside each.</summary>
public class GoTimerTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact(DisplayName = "A timer delivers the time it was due at, however late it is received (TestAfter, TestAfterTimes)")]
    public Task Receive_LongAfterItsTime_GivesTheTimeItWasDue() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset start = clock.GetUtcNow();
        using var timer = new GoTimer(s_second);
        Receiver<DateTimeOffset> after = Go.After(2 * s_second);
        Assert.False(timer.C.TryReceive(out _));

        clock.Advance(s_second - TimeSpan.FromTicks(1));
        Assert.False(timer.C.TryReceive(out _));
        clock.Advance(s_hour);

        Assert.Equal(new Received<DateTimeOffset>(start + s_second, true), await timer.C.ReceiveAsync());
        Assert.True(after.TryReceive(out Received<DateTimeOffset> received));
        Assert.Equal(start + (2 * s_second), received.Value);
        Assert.False(timer.C.TryReceive(out _));
        Assert.False(after.TryReceive(out _));
    });

    [Fact]
    public Task Receive_ParkedUntilItsTime_GivesTheTimeItWasDue() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset start = clock.GetUtcNow();
        var timer = new GoTimer(s_second);
        Goroutine<DateTimeOffset> receiver = Go.Run(async () => (await timer.C.ReceiveAsync()).Value);
        await VirtualTime.ParkedAsync(receiver.Id, "chan receive");
        clock.Advance(5 * s_second);
        Assert.Equal(start + s_second, await receiver);
    });

    [Fact(DisplayName = "The channel looks unbuffered, also when a time is due (TestChan)")]
    public Task CountAndCapacity_Due_AreZero() => VirtualTime.RunAsync(clock =>
    {
        var timer = new GoTimer(s_second);
        clock.Advance(s_second);
        Assert.Equal(0, timer.C.Count);
        Assert.Equal(0, timer.C.Capacity);
        Assert.True(timer.C.TryReceive(out _));
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "Stop is true once, before the time (TestAfterStop)")]
    public Task Stop_BeforeItsTime_IsTrueOnce() => VirtualTime.RunAsync(clock =>
    {
        var timer = new GoTimer(s_second);
        Assert.True(timer.Stop());
        Assert.False(timer.Stop());
        clock.Advance(s_hour);
        Assert.False(timer.C.TryReceive(out _));
        Assert.False(timer.Stop());
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "Stop is true when the time was due but unread, and nobody receives it (TestChan, go.dev/issue/37196)")]
    public Task Stop_DueButUnread_IsTrueAndLeavesNoValue() => VirtualTime.RunAsync(clock =>
    {
        var timer = new GoTimer(s_second);
        clock.Advance(s_hour);
        Assert.True(timer.Stop());
        Assert.False(timer.C.TryReceive(out _));
        Assert.False(timer.Stop());
        return Task.CompletedTask;
    });

    [Fact]
    public Task Stop_Received_IsFalse() => VirtualTime.RunAsync(async clock =>
    {
        var timer = new GoTimer(s_second);
        clock.Advance(s_second);
        await timer.C.ReceiveAsync();
        Assert.False(timer.Stop());
    });

    [Fact]
    public Task Dispose_Running_Stops() => VirtualTime.RunAsync(clock =>
    {
        var timer = new GoTimer(s_second);
        timer.Dispose();
        timer.Dispose();
        clock.Advance(s_hour);
        Assert.False(timer.C.TryReceive(out _));
        Assert.False(timer.Reset(s_second));
        clock.Advance(s_second);
        Assert.True(timer.C.TryReceive(out _));
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "Reset moves the time; true while it was still to come (TestReset)")]
    public Task Reset_BeforeItsTime_MovesIt() => VirtualTime.RunAsync(clock =>
    {
        var timer = new GoTimer(2 * s_second);
        clock.Advance(s_second);
        Assert.True(timer.Reset(3 * s_second));
        clock.Advance(2 * s_second);
        Assert.False(timer.C.TryReceive(out _));
        clock.Advance(2 * s_second);
        Assert.True(timer.C.TryReceive(out _));
        Assert.False(timer.Reset(s_second));
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "Reset is true when the time was due but unread, and drops it (TestChan)")]
    public Task Reset_DueButUnread_IsTrueAndLeavesNoOldValue() => VirtualTime.RunAsync(clock =>
    {
        var timer = new GoTimer(s_second);
        clock.Advance(s_hour);
        DateTimeOffset restarted = clock.GetUtcNow();
        Assert.True(timer.Reset(s_second));
        Assert.False(timer.C.TryReceive(out _));
        clock.Advance(s_second);
        Assert.True(timer.C.TryReceive(out Received<DateTimeOffset> received));
        Assert.Equal(restarted + s_second, received.Value);
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "Reset reaches a receiver that is parked already: later, then sooner (TestChan)")]
    public Task Reset_ReceiverParked_MovesItsTime() => VirtualTime.RunAsync(async clock =>
    {
        var timer = new GoTimer(s_hour);
        var received = new Chan<DateTimeOffset>(1);
        Goroutine receiver = Go.Run(async () => await received.SendAsync((await timer.C.ReceiveAsync()).Value));
        await VirtualTime.ParkedAsync(receiver.Id, "chan receive");

        Assert.True(timer.Reset(3 * s_hour));
        clock.Advance(2 * s_hour);
        await VirtualTime.ParkedAsync(receiver.Id, "chan receive");
        Assert.False(received.TryReceive(out _));

        DateTimeOffset restarted = clock.GetUtcNow();
        Assert.True(timer.Reset(s_second));
        clock.Advance(s_second);
        await receiver;
        Assert.Equal(restarted + s_second, (await received.ReceiveAsync()).Value);
        Assert.False(timer.Stop());
    });

    [Fact(DisplayName = "A timer reset while stopped and waited on fires again (TestChan)")]
    public Task Reset_StoppedWithReceiverParked_WakesIt() => VirtualTime.RunAsync(async clock =>
    {
        var timer = new GoTimer(s_second);
        Goroutine receiver = Go.Run(async () => { await timer.C.ReceiveAsync(); });
        await VirtualTime.ParkedAsync(receiver.Id, "chan receive");
        Assert.True(timer.Stop());
        clock.Advance(s_hour);
        await VirtualTime.ParkedAsync(receiver.Id, "chan receive");
        Assert.False(timer.Reset(s_second));
        clock.Advance(s_second);
        await receiver;
    });

    [Fact(DisplayName = "Of two selects on one timer one gets the time (TestChan)")]
    public Task Select_TwoWaitOnOneTimer_OneGetsTheTime() => VirtualTime.RunAsync(async clock =>
    {
        var timer = new GoTimer(s_hour);
        var stop = new Chan<Unit>();
        Goroutine<bool>[] waiters = [Go.Run(Wait), Go.Run(Wait)];
        foreach (Goroutine<bool> waiter in waiters)
        {
            await VirtualTime.ParkedAsync(waiter.Id, "select");
        }

        timer.Reset(s_second);
        clock.Advance(s_second);
        await Poll.UntilAsync(() => Go.Count < 3, "one of the waiters to end");
        stop.Close();
        Assert.Equal([false, true], new[] { await waiters[0], await waiters[1] }.Order());

        async ValueTask<bool> Wait()
        {
            await new Select().Receive(timer.C, out ReceiveCase<DateTimeOffset> due).Receive(stop, out _).WaitAsync();
            return due.Selected;
        }
    });

    [Fact(DisplayName = "A stopped timer's channel is as any that nobody sends on (TestChan)")]
    public Task Select_StoppedTimer_IsNeverChosen() => VirtualTime.RunAsync(async clock =>
    {
        var timer = new GoTimer(s_second);
        timer.Stop();
        var stop = new Chan<Unit>();
        Goroutine<int> waiter = Go.Run(async () => await new Select().Receive(timer.C, out _).Receive(stop, out _).WaitAsync());
        await VirtualTime.ParkedAsync(waiter.Id, "select");
        clock.Advance(s_hour);
        stop.Close();
        Assert.Equal(1, await waiter);
    });

    [Fact]
    public Task Select_DueTimers_AreReady() => VirtualTime.RunAsync(async clock =>
    {
        var never = new Chan<int>();
        var timer = new GoTimer(s_second);
        var select = new Select();
        select.Receive(never);
        ReceiveCase<DateTimeOffset> due = select.Receive(timer.C);
        for (int i = 0; i < 3; i++)
        {
            Assert.False(select.TryWait(out _));
            clock.Advance(s_second);
            Assert.True(i == 1 ? await select.WaitAsync() == 1 : select.TryWait(out int index) && index == 1);
            Assert.Equal(clock.GetUtcNow(), due.Value);
            Assert.False(timer.Reset(s_second));
        }
    });

    [Fact]
    public Task ReceiveAsync_Cancelled_LeavesTheTimeForOthers() => VirtualTime.RunAsync(async clock =>
    {
        var timer = new GoTimer(s_second);
        using var source = new CancellationTokenSource();
        Goroutine receiver = Go.Run(async () => { await timer.C.ReceiveAsync(source.Token); });
        await VirtualTime.ParkedAsync(receiver.Id, "chan receive");
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await receiver);
        clock.Advance(s_second);
        Assert.True(timer.C.TryReceive(out _));
    });

    [Fact(DisplayName = "Timers go off in the order of their times (TestAfterQueuing)")]
    public Task After_ManyAtOnce_WakeInOrder() => VirtualTime.RunAsync(async clock =>
    {
        int[] slots = [5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0];
        var result = new Chan<int>(slots.Length);
        var woken = new List<int>();
        foreach (int slot in slots)
        {
            Receiver<DateTimeOffset> after = Go.After(slot * s_second);
            Go.Spawn(async () =>
            {
                await after.ReceiveAsync();
                await result.SendAsync(slot);
            });
        }

        for (int time = 0; time < 10; time++)
        {
            int due = slots.Count(slot => slot == time);
            for (int i = 0; i < due; i++)
            {
                woken.Add((await result.ReceiveAsync()).Value);
            }

            clock.Advance(s_second);
        }

        Assert.Equal(slots.Order(), woken);
    });

    [Fact(DisplayName = "Waits one after the other add up (TestAfterTick)")]
    public Task After_TenInARow_TakeTenTimesAsLong() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset start = clock.GetUtcNow();
        var waits = new Chan<Unit>();
        Goroutine<DateTimeOffset> ten = Go.Run(async () =>
        {
            DateTimeOffset last = default;
            for (int i = 0; i < 10; i++)
            {
                Receiver<DateTimeOffset> after = Go.After(s_second);
                await waits.SendAsync(default);
                last = (await after.ReceiveAsync()).Value;
            }

            return last;
        });
        for (int i = 0; i < 10; i++)
        {
            await waits.ReceiveAsync();
            clock.Advance(s_second);
        }

        Assert.Equal(start + (10 * s_second), await ten);
    });

    [Fact(DisplayName = "A time too far away to be counted is never early (TestOverflowSleep)")]
    public Task Receive_LargestDuration_IsNotDue() => VirtualTime.RunAsync(async clock =>
    {
        var big = new GoTimer(TimeSpan.MaxValue);
        Receiver<DateTimeOffset> soon = Go.After(s_second);
        Goroutine<int> waiter = Go.Run(async () => await new Select().Receive(big.C, out _).Receive(soon, out _).WaitAsync());
        await VirtualTime.ParkedAsync(waiter.Id, "select");
        clock.Advance(s_second);
        Assert.Equal(1, await waiter);
        Assert.True(big.Stop());
    });

    [Fact]
    public Task Infinite_RunsButIsNeverDue() => VirtualTime.RunAsync(clock =>
    {
        var timer = new GoTimer(Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromDays(10_000));
        Assert.False(timer.C.TryReceive(out _));
        Assert.True(timer.Reset(s_second));
        clock.Advance(s_second);
        Assert.True(timer.C.TryReceive(out _));
        Assert.False(timer.Reset(Timeout.InfiniteTimeSpan));
        Assert.True(timer.Stop());
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData(-2)]
    [InlineData(long.MinValue / TimeSpan.TicksPerMillisecond)]
    public Task NegativeDurations_AreDueAtOnce(long milliseconds) => VirtualTime.RunAsync(async clock =>
    {
        var negative = TimeSpan.FromMilliseconds(milliseconds);
        DateTimeOffset now = Go.Now;
        using var timer = new GoTimer(negative);
        Assert.Equal((now, true), Received(timer.C));
        Assert.False(timer.Reset(negative));
        Assert.Equal((now, true), Received(timer.C));
        Assert.Equal((now, true), Received(Go.After(negative)));

        var ran = new Chan<int>();
        using GoTimer func = GoTimer.AfterFunc(negative, async () => await ran.SendAsync(1));
        Assert.Equal(1, await ran.TakeAsync());
        Assert.False(func.Reset(negative));
        Assert.Equal(1, await ran.TakeAsync());

        static (DateTimeOffset, bool) Received(Receiver<DateTimeOffset> channel)
            => channel.TryReceive(out Received<DateTimeOffset> received) ? (received.Value, received.Ok) : default;
    });

    [Fact]
    public Task Time_InTheFuture_IsDueThen() => VirtualTime.RunAsync(clock =>
    {
        using var timer = new GoTimer(Go.Now + s_second);
        Assert.False(timer.C.TryReceive(out _));
        clock.Advance(s_second);
        Assert.True(timer.C.TryReceive(out Received<DateTimeOffset> at));
        Assert.Equal(Go.Now, at.Value);
        Assert.False(timer.Reset(Go.Now + s_hour));
        clock.Advance(s_second);
        Assert.False(timer.C.TryReceive(out _));
        Assert.True(timer.Reset(Go.Now + s_second));
        clock.Advance(s_second);
        Assert.True(timer.C.TryReceive(out _));
        return Task.CompletedTask;
    });

    /// <summary>One millisecond ago as a duration would be <see cref="Timeout.InfiniteTimeSpan"/>; as a time it is only late.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000_000_000)]
    public Task Time_ThatHasPassed_IsDueAtOnce(long millisecondsAgo) => VirtualTime.RunAsync(async _ =>
    {
        DateTimeOffset past = Go.Now.AddMilliseconds(-millisecondsAgo);
        using var timer = new GoTimer(past);
        Assert.True(timer.C.TryReceive(out Received<DateTimeOffset> received) && received.Ok);
        Assert.False(timer.Reset(past));
        Assert.True(timer.Stop());
        await Go.SleepUntilAsync(past);
        using CancelContext context = GoContext.Background.WithDeadline(past);
        Assert.IsType<DeadlineExceededException>(context.Err);
    });

    [Fact(DisplayName = "A timer of zero is due at once (TestZeroTimer)")]
    public Task Zero_IsDueAtOnce() => Isolated.GoAsync(async () =>
    {
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True((await new GoTimer(TimeSpan.Zero).C.ReceiveAsync()).Ok);
        }
    });

    [Fact]
    public Task Receive_OutsideOfGoroutines_Works() => Isolated.RunAsync(1, async runtime =>
    {
        DateTimeOffset start = DateTimeOffset.UtcNow;
        GoTimer timer = await runtime.Run(() => ValueTask.FromResult(new GoTimer(TimeSpan.FromMilliseconds(30))));
        DateTimeOffset end = (await timer.C.ReceiveAsync()).Value;
        Assert.True(end >= start + TimeSpan.FromMilliseconds(29), $"{end - start} is less than 30 ms.");
        timer.Reset(TimeSpan.FromMilliseconds(10));
        Assert.True((await PlainThread.Run(() => timer.C.Receive())).Ok);
    });
}
