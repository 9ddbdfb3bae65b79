using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.Time;

/// <summary>Go's time/sleep_test.go: timers that run a body.</summary>
public class AfterFuncTests
{
    [Fact(DisplayName = "go: time/sleep_test.go TestAfterFunc")]
    public Task AfterFunc_EachStartsTheNextAndSleepsOn_AllRun() => VirtualTime.RunAsync(async clock =>
    {
        int left = 10;
        var done = new Chan<Unit>();
        GoTimer.AfterFunc(TimeSpan.Zero, Body);
        await done.ReceiveAsync(); // the clock stands still: nobody has waited for one that sleeps
        Assert.Equal(-1, left);

        async ValueTask Body()
        {
            if (--left >= 0)
            {
                GoTimer.AfterFunc(TimeSpan.Zero, Body);
                await Go.SleepAsync(TimeSpan.FromSeconds(1));
            }
            else
            {
                await done.SendAsync(default);
            }
        }
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestAfterFuncStarvation")]
    public Task AfterFunc_BesideTwoThatKeepEachOtherBusy_Runs() => Isolated.GoAsync(1, async () =>
    {
        var channel = new Chan<bool>(1);
        bool stop = false;
        var both = new WaitGroup();
        both.Spawn(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                await channel.SendAsync(true);
            }

            channel.Close();
        });
        both.Spawn(async () =>
        {
            await foreach (bool _ in channel)
            {
            }
        });
        GoTimer.AfterFunc(TimeSpan.FromMicroseconds(1), () =>
        {
            Volatile.Write(ref stop, true);
            return default(ValueTask);
        });
        await both.WaitAsync();
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestTimerStopStress")]
    public Task AfterFunc_StoppedHalfWayByManyGoroutines_NoneRuns() => VirtualTime.RunAsync(async clock =>
    {
        const int Timers = 100;
        var second = TimeSpan.FromSeconds(1);
        int ran = 0;
        Goroutine<bool>[] stoppers = [.. Enumerable.Range(0, Timers).Select(_ => Go.Run(async () =>
        {
            GoTimer timer = GoTimer.AfterFunc(2 * second, () =>
            {
                Interlocked.Increment(ref ran);
                return default(ValueTask);
            });
            await Go.SleepAsync(second);
            return timer.Stop();
        }))];
        foreach (Goroutine<bool> stopper in stoppers)
        {
            await VirtualTime.ParkedAsync(stopper.Id, "sleep");
        }

        Goroutine later = Go.Run(async () => await Go.SleepAsync(3 * second));
        await VirtualTime.ParkedAsync(later.Id, "sleep");
        clock.Advance(second);
        foreach (Goroutine<bool> stopper in stoppers)
        {
            Assert.True(await stopper);
        }

        clock.Advance(2 * second);
        await later;
        Assert.Equal(0, Volatile.Read(ref ran));
    });
}
