using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Time;

/// <summary>Timers that start a goroutine.</summary>
public class GoTimerAfterFuncTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact(DisplayName = "Bodies may start the next timer (TestAfterFunc)")]
    public Task AfterFunc_EachStartsTheNext_AllRun() => Isolated.GoAsync(async () =>
    {
        int left = 10;
        var done = new Chan<Unit>();
        GoTimer.AfterFunc(TimeSpan.Zero, Step);
        await done.ReceiveAsync();
        Assert.Equal(-1, left);

        async ValueTask Step()
        {
            if (--left >= 0)
            {
                GoTimer.AfterFunc(TimeSpan.Zero, Step);
            }
            else
            {
                await done.SendAsync(default);
            }
        }
    });

    [Fact]
    public Task AfterFunc_ItsTime_RunsInAGoroutineOfItsOwn() => VirtualTime.RunAsync(async clock =>
    {
        var ran = new Chan<long>();
        GoTimer timer = GoTimer.AfterFunc(s_second, async () => await ran.SendAsync(Go.CurrentId));
        Assert.True(timer.C.IsNil);
        clock.Advance(s_second);
        long id = (await ran.ReceiveAsync()).Value;
        Assert.NotEqual(0, id);
        Assert.NotEqual(Go.CurrentId, id);
        Assert.False(timer.Stop());
    });

    [Fact]
    public Task AfterFunc_TaskBody_Runs() => VirtualTime.RunAsync(async clock =>
    {
        var ran = new Chan<int>();
        GoTimer.AfterFunc(s_second, Body);
        clock.Advance(s_second);
        Assert.Equal(1, (await ran.ReceiveAsync()).Value);

        async Task Body() => await ran.SendAsync(1);
    });

    [Fact(DisplayName = "A stopped timer does not run its body (TestTimerStopStress)")]
    public Task Stop_BeforeItsTime_KeepsTheBodyFromRunning() => VirtualTime.RunAsync(async clock =>
    {
        int ran = 0;
        var timers = new GoTimer[100];
        for (int i = 0; i < timers.Length; i++)
        {
            timers[i] = GoTimer.AfterFunc(2 * s_second, () =>
            {
                Interlocked.Increment(ref ran);
                return default(ValueTask);
            });
        }

        clock.Advance(s_second);
        Assert.All(timers, static timer => Assert.True(timer.Stop()));
        Assert.All(timers, static timer => Assert.False(timer.Stop()));
        Receiver<DateTimeOffset> later = Go.After(3 * s_second);
        Goroutine waiter = Go.Run(async () => { await later.ReceiveAsync(); });
        await VirtualTime.ParkedAsync(waiter.Id, "chan receive");
        clock.Advance(3 * s_second);
        await waiter;
        Assert.Equal(0, Volatile.Read(ref ran));
    });

    [Fact]
    public Task Reset_AfterItRan_RunsItAgain() => VirtualTime.RunAsync(async clock =>
    {
        var ran = new Chan<Unit>(4);
        GoTimer timer = GoTimer.AfterFunc(s_second, async () => await ran.SendAsync(default));
        clock.Advance(s_second);
        await ran.ReceiveAsync();
        Assert.False(timer.Reset(s_second));
        Assert.True(timer.Reset(2 * s_second));
        clock.Advance(2 * s_second);
        await ran.ReceiveAsync();
        Assert.False(timer.Reset(Timeout.InfiniteTimeSpan));
        clock.Advance(TimeSpan.FromDays(1000));
        Assert.True(timer.Stop());
        Assert.False(ran.TryReceive(out _));
    });

    [Fact]
    public async Task AfterFunc_BodyThrows_IsAPanic()
    {
        var panics = new Chan<PanicInfo>(1);
        await Isolated.GoAsync(
            async () =>
            {
                GoTimer.AfterFunc(TimeSpan.Zero, static ValueTask () => throw new InvalidOperationException("late"));
                Assert.Equal("late", (await panics.ReceiveAsync()).Value.Exception.Message);
            },
            new GoRuntimeOptions { PanicHandler = panic => panics.TrySend(panic) });
    }

    [Fact]
    public void AfterFunc_NoBody_Throws()
    {
        Assert.Throws<ArgumentNullException>("body", () => GoTimer.AfterFunc(s_second, (Func<ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("body", () => GoTimer.AfterFunc(s_second, (Func<Task>)null!));
    }

    [Fact]
    public Task AfterFunc_RunsWithTheCallersExecutionContext() => Isolated.GoAsync(async () =>
    {
        var local = new AsyncLocal<string>();
        var seen = new Chan<string?>();
        local.Value = "first";
        GoTimer timer = GoTimer.AfterFunc(TimeSpan.Zero, async () => await seen.SendAsync(local.Value));
        local.Value = "second";
        Assert.Equal("first", (await seen.ReceiveAsync()).Value);
        timer.Reset(TimeSpan.Zero);
        Assert.Equal("first", (await seen.ReceiveAsync()).Value);
    });

    [Fact(DisplayName = "Goroutines that keep each other running don't starve a timer (TestAfterFuncStarvation)")]
    public Task AfterFunc_BesideABusyPair_Runs() => Isolated.GoAsync(1, async () =>
    {
        bool stop = false;
        var channel = new Chan<bool>(1);
        Goroutine sender = Go.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                await channel.SendAsync(true);
            }

            channel.Close();
        });
        Goroutine receiver = Go.Run(async () =>
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
        await sender;
        await receiver;
    });

    [Fact]
    public async Task AfterFunc_RuntimeStoppedMeanwhile_IsDroppedQuietly()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var runtime = new GoRuntime(new GoRuntimeOptions { TimeProvider = clock });
        bool ran = false;
        var hold = new Chan<Unit>();
        Goroutine last = runtime.Run(async () => { await hold.ReceiveAsync(); });
        Goroutine second = runtime.Run(async () =>
        {
            GoTimer.AfterFunc(s_second, () =>
            {
                ran = true;
                return default(ValueTask);
            });
            await Go.SleepAsync(2 * s_second);
        });
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "sleep"), "the second goroutine to sleep");
        Task<int> stopping = runtime.StopAsync().AsTask();
        clock.Advance(2 * s_second);
        await second.JoinAsync().AsTask().WaitAsync(Limits.Wait);
        hold.Close();
        await last;
        Assert.Equal(0, await stopping.WaitAsync(Limits.Wait));
        Assert.False(ran);
    }
}
