using System.Diagnostics;
using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.Time;

/// <summary>Go's time/sleep_test.go: sleeping.</summary>
public class SleepTests
{
    [Fact(DisplayName = "go: time/sleep_test.go TestSleep: on a clock that the test turns")]
    public Task Sleep_OthersWakeMeanwhile_LastsItsTime() => VirtualTime.RunAsync(async clock =>
    {
        var delay = TimeSpan.FromMilliseconds(100);
        DateTimeOffset begun = clock.GetUtcNow();
        Goroutine<DateTimeOffset> sleeper = Go.Run(async () =>
        {
            await Go.SleepAsync(delay);
            return clock.GetUtcNow();
        });
        Goroutine other = Go.Run(async () => await Go.SleepAsync(delay / 2));
        await VirtualTime.ParkedAsync(sleeper.Id, "sleep");
        await VirtualTime.ParkedAsync(other.Id, "sleep");
        clock.Advance(delay / 2);
        await other;
        await VirtualTime.ParkedAsync(sleeper.Id, "sleep");
        clock.Advance(delay / 2);
        Assert.Equal(begun + delay, await sleeper);
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestSleep: on the system's clock")]
    public Task Sleep_SystemClock_IsNotShort() => Isolated.GoAsync(async () =>
    {
        var delay = TimeSpan.FromMilliseconds(10);
        Goroutine other = Go.Run(async () => await Go.SleepAsync(delay / 2));
        long begun = Stopwatch.GetTimestamp();
        await Go.SleepAsync(delay);
        TimeSpan slept = Stopwatch.GetElapsedTime(begun);
        Assert.True(slept >= delay, $"It slept for {slept} only.");
        await other;
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestSleepZeroDeadlock")]
    public Task SleepZero_BesideCollections_GoesOn() => Isolated.GoAsync(4, async () =>
    {
        Goroutine collector = Go.Run(static () =>
        {
            for (int i = 0; i < 20; i++)
            {
                GC.Collect();
            }
        });
        for (int i = 0; i < 100; i++)
        {
            await Go.SleepAsync(TimeSpan.Zero);
            var channel = new Chan<bool>(1);
            await channel.SendAsync(true);
            await channel.ReceiveAsync();
        }

        await collector;
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestOverflowSleep: the longest")]
    public Task Sleep_Longest_NeitherEndsNorDisturbsOthers() => VirtualTime.RunAsync(async clock =>
    {
        using var source = new CancellationTokenSource();
        Goroutine sleeper = Go.Run(async () => await Go.SleepAsync(TimeSpan.MaxValue, source.Token));
        await VirtualTime.ParkedAsync(sleeper.Id, "sleep");
        Receiver<DateTimeOffset> longest = Go.After(TimeSpan.MaxValue);
        Receiver<DateTimeOffset> soon = Go.After(TimeSpan.FromMilliseconds(25));
        Goroutine<int> waiter = Go.Run(async () => await new Select().Receive(longest, out _).Receive(soon, out _).WaitAsync());
        await VirtualTime.ParkedAsync(waiter.Id, "select");
        clock.Advance(TimeSpan.FromMilliseconds(25));
        Assert.Equal(1, await waiter);
        clock.Advance(TimeSpan.FromDays(200 * 365));
        Assert.False(longest.TryReceive(out _));
        await VirtualTime.ParkedAsync(sleeper.Id, "sleep");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sleeper);
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestOverflowSleep: below zero")]
    public Task Sleep_BelowZero_EndsAtOnce() => VirtualTime.RunAsync(async _ =>
    {
        await Go.SleepAsync(TimeSpan.MinValue);
        Assert.True(Go.After(TimeSpan.MinValue).TryReceive(out Received<DateTimeOffset> after) && after.Ok);
    });
}
