using System.Diagnostics;
using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.Time;

/// <summary>Go's time/sleep_test.go: timers with a channel, and with a body that sends on one.</summary>
public class TimerTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);

    [Fact(DisplayName = "go: time/sleep_test.go TestAfter: on a clock that the test turns")]
    public Task After_GivesTheTimeItWasDue() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset begun = clock.GetUtcNow();
        Goroutine<DateTimeOffset> waiter = Go.Run(async () => (await Go.After(2 * s_step).ReceiveAsync()).Value);
        await VirtualTime.ParkedAsync(waiter.Id, "chan receive");
        clock.Advance(s_step);
        await VirtualTime.ParkedAsync(waiter.Id, "chan receive");
        clock.Advance(s_step);
        Assert.Equal(begun + (2 * s_step), await waiter);
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestAfter: on the system's clock")]
    public Task After_SystemClock_IsNotEarly() => Isolated.GoAsync(async () =>
    {
        var delay = TimeSpan.FromMilliseconds(10);
        long begun = Stopwatch.GetTimestamp();
        await Go.After(delay).ReceiveAsync();
        TimeSpan waited = Stopwatch.GetElapsedTime(begun);
        Assert.True(waited >= delay, $"It came after {waited} already.");
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestAfterTick")]
    public Task After_OneAfterTheOther_AddUp() => VirtualTime.RunAsync(async clock =>
    {
        const int Count = 10;
        DateTimeOffset begun = clock.GetUtcNow();
        var times = new Chan<DateTimeOffset>();
        Goroutine waiter = Go.Run(async () =>
        {
            for (int i = 0; i < Count; i++)
            {
                await times.SendAsync((await Go.After(s_step).ReceiveAsync()).Value);
            }
        });
        for (int i = 1; i <= Count; i++)
        {
            await VirtualTime.ParkedAsync(waiter.Id, "chan receive");
            clock.Advance(s_step);
            Assert.Equal(begun + (i * s_step), (await times.ReceiveAsync()).Value);
        }

        await waiter;
    });

    [Theory(DisplayName = "go: time/sleep_test.go TestAfterStop")]
    [InlineData("chan")]
    [InlineData("func")]
    public Task Stop_BeforeItsTime_IsTrueOnceAndNothingComes(string kind) => VirtualTime.RunAsync(async clock =>
    {
        GoTimer.AfterFunc(2 * s_step, static () => default(ValueTask));
        AnyTimer first = AnyTimer.Start(kind, s_step, clock);
        var ran = new Chan<bool>(1);
        GoTimer third = GoTimer.AfterFunc(3 * s_step, () => ran.SendAsync(true));
        Goroutine last = Go.Run(async () => { await Go.After(4 * s_step).ReceiveAsync(); });
        await VirtualTime.ParkedAsync(last.Id, "chan receive");
        Assert.True(first.Stop());
        Assert.True(third.Stop());
        clock.Advance(4 * s_step);
        await last;
        Assert.False(first.C.TryReceive(out _), "The first timer went off though it was stopped.");
        Assert.False(ran.TryReceive(out _), "The third timer went off though it was stopped.");
        Assert.False(first.Stop());
        Assert.False(third.Stop());
    });

    [Theory(DisplayName = "go: time/sleep_test.go TestAfterQueuing")]
    [InlineData("chan")]
    [InlineData("func")]
    public Task Timers_StartedInAnyOrder_GoOffInTheOrderOfTheirTimes(string kind) => VirtualTime.RunAsync(async clock =>
    {
        int[] slots = [5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0];
        DateTimeOffset begun = clock.GetUtcNow();
        var results = new Chan<(int Slot, DateTimeOffset Time)>(slots.Length);
        foreach (int slot in slots)
        {
            AnyTimer timer = AnyTimer.Start(kind, slot * s_step, clock);
            Go.Spawn(async () => await results.SendAsync((slot, (await timer.C.ReceiveAsync()).Value)));
        }

        foreach (int slot in slots.Order())
        {
            if (clock.GetUtcNow() < begun + (slot * s_step))
            {
                Assert.False(results.TryReceive(out _), "One went off too early.");
                clock.Advance(s_step);
            }

            Assert.Equal((slot, begun + (slot * s_step)), (await results.ReceiveAsync()).Value);
        }
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestReset")]
    public Task Reset_MovesTheTime_AndSaysWhetherItWasStillToCome() => VirtualTime.RunAsync(clock =>
    {
        var timer = new GoTimer(2 * s_step);
        clock.Advance(s_step);
        Assert.True(timer.Reset(3 * s_step), "It had not gone off.");
        clock.Advance(2 * s_step);
        Assert.False(timer.C.TryReceive(out _), "It went off at the time it had before.");
        clock.Advance(2 * s_step);
        Assert.True(timer.C.TryReceive(out _), "It did not go off.");
        Assert.False(timer.Reset(s_step), "It had gone off.");
        return Task.CompletedTask;
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestIssue5745")]
    public void Stop_OfNothing_LeavesTimersUsable()
    {
        var ticker = new Ticker(TimeSpan.FromHours(1));
        GoTimer nothing = null!;
        Assert.Throws<NullReferenceException>(() => { nothing.Stop(); });
        ticker.Stop();
    }

    [Fact(DisplayName = "go: time/sleep_test.go TestOverflowPeriodRuntimeTimer")]
    public Task Period_TooLongToBeAddedUp_DoesNotDisturbOthers() => VirtualTime.RunAsync(async clock =>
    {
        var year = TimeSpan.FromDays(365);
        var ticker = new Ticker(200 * year); // in nanoseconds, twice that is more than fits
        Goroutine reader = Go.Run(async () => { await ticker.C.ReceiveAsync(); });
        await VirtualTime.ParkedAsync(reader.Id, "chan receive");
        clock.Advance(200 * year);
        await reader;
        reader = Go.Run(async () => { await ticker.C.ReceiveAsync(); });
        await VirtualTime.ParkedAsync(reader.Id, "chan receive");
        Goroutine other = Go.Run(async () => { await Go.After(50 * year).ReceiveAsync(); });
        await VirtualTime.ParkedAsync(other.Id, "chan receive");
        clock.Advance(50 * year);
        await other;
        await VirtualTime.ParkedAsync(reader.Id, "chan receive");
        ticker.Reset(s_step);
        clock.Advance(s_step);
        await reader;
    });
}
