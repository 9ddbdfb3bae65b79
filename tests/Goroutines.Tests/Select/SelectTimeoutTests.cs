using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>Cases that are chosen when nothing else was for a while.</summary>
public class SelectTimeoutTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public Task Timeout_Passes_IsChosen() => OnVirtualClock(async (runtime, clock) =>
    {
        var channel = new Chan<int>();
        Goroutine<(int, bool, bool)> waiter = runtime.Run(async () =>
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            TimeoutCase timeout = select.Timeout(s_second);
            int index = await select.WaitAsync();
            return (index, timeout.Selected, receive.Selected);
        });
        await UntilWaiting(runtime);
        clock.Advance(s_second - TimeSpan.FromMilliseconds(1));
        await StillWaits(runtime);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, true, false), await waiter);
        Assert.False(channel.TrySend(1));
    });

    [Fact]
    public Task Timeout_SomethingComesFirst_IsNotChosen() => OnVirtualClock(async (runtime, clock) =>
    {
        var channel = new Chan<int>();
        Goroutine<int> waiter = runtime.Run(async () =>
        {
            var select = new Select();
            TimeoutCase timeout = select.Timeout(s_second);
            ReceiveCase<int> receive = select.Receive(channel);
            Assert.Equal(1, await select.WaitAsync());
            Assert.False(timeout.Selected);
            return receive.Value;
        });
        await UntilWaiting(runtime);
        clock.Advance(s_second / 2);
        await Poll.UntilAsync(() => channel.TrySend(6), "the select to wait");
        Assert.Equal(6, await waiter);
    });

    [Fact]
    public Task Timeout_IsArmedAnewByEachWait() => OnVirtualClock(async (runtime, clock) =>
    {
        var channel = new Chan<int>();
        var seen = new Chan<int>(10);
        Goroutine waiter = runtime.Run(async () =>
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            select.Timeout(s_second);
            int index;
            do
            {
                index = await select.WaitAsync();
                await seen.SendAsync(index == 0 ? receive.Value : -1);
            }
            while (index == 0);

            // After it was chosen, too.
            Assert.Equal(1, await select.WaitAsync());
        });

        // Each value comes within the second that its own wait has, together far beyond one.
        for (int i = 0; i < 5; i++)
        {
            await UntilWaiting(runtime);
            clock.Advance(s_second * 0.9);
            await StillWaits(runtime);
            await channel.SendAsync(i);
            Assert.Equal(i, (await seen.ReceiveAsync()).Value);
        }

        await UntilWaiting(runtime);
        clock.Advance(s_second);
        Assert.Equal(-1, (await seen.ReceiveAsync()).Value);
        await UntilWaiting(runtime);
        clock.Advance(s_second * 0.9);
        await StillWaits(runtime);
        clock.Advance(s_second * 0.1);
        await waiter;
    });

    [Fact]
    public Task Timeout_OfAnEarlierWait_DoesNotEndALaterOne() => OnVirtualClock(async (runtime, clock) =>
    {
        // A thousand timers of waits that are over lie before the last one's.
        var channel = new Chan<int>();
        Goroutine<int> waiter = runtime.Run(async () =>
        {
            var select = new Select();
            select.Receive(channel);
            TimeoutCase timeout = select.Timeout(s_second);
            for (int i = 0; i < 1000; i++)
            {
                Assert.Equal(0, await select.WaitAsync());
            }

            timeout.After = 10 * s_second;
            return await select.WaitAsync();
        });
        for (int i = 0; i < 1000; i++)
        {
            await channel.SendAsync(i);
        }

        await UntilWaiting(runtime);
        clock.Advance(5 * s_second);
        await StillWaits(runtime);
        await channel.SendAsync(0);
        Assert.Equal(0, await waiter);
    });

    [Fact]
    public Task Timeout_Several_TheShortestIsChosen() => OnVirtualClock(async (runtime, clock) =>
    {
        Goroutine<int> waiter = runtime.Run(async () =>
        {
            var select = new Select();
            select.Timeout(3 * s_second);
            select.Timeout(s_second);
            select.Timeout(2 * s_second);
            return await select.WaitAsync();
        });
        await UntilWaiting(runtime);
        clock.Advance(s_second);
        Assert.Equal(1, await waiter);
    });

    [Fact]
    public Task Timeout_Infinite_IsNeverChosen() => OnVirtualClock(async (runtime, clock) =>
    {
        var channel = new Chan<int>();
        Goroutine<int> waiter = runtime.Run(async () =>
        {
            var select = new Select();
            select.Timeout(Timeout.InfiniteTimeSpan);
            select.Receive(channel);
            return await select.WaitAsync();
        });
        await UntilWaiting(runtime);
        clock.Advance(TimeSpan.FromDays(10_000));
        await StillWaits(runtime);
        await channel.SendAsync(1);
        Assert.Equal(1, await waiter);
    });

    [Fact]
    public Task Timeout_AfterChanged_TheNewOneCounts() => OnVirtualClock(async (runtime, clock) =>
    {
        Goroutine waiter = runtime.Run(async () =>
        {
            var select = new Select();
            TimeoutCase timeout = select.Timeout(Timeout.InfiniteTimeSpan);
            timeout.After = s_second;
            Assert.Equal(s_second, timeout.After);
            Assert.Equal(0, await select.WaitAsync());
            timeout.After = TimeSpan.Zero;
            Assert.Equal(0, await select.WaitAsync());
        });
        await UntilWaiting(runtime);
        clock.Advance(s_second);
        await waiter;
    });

    [Fact]
    public Task Timeout_Disabled_IsNeverChosen() => OnVirtualClock(async (runtime, clock) =>
    {
        var channel = new Chan<int>();
        Goroutine<int> waiter = runtime.Run(async () =>
        {
            var select = new Select();
            select.Timeout(s_second).Enabled = false;
            select.Receive(channel);
            return await select.WaitAsync();
        });
        await UntilWaiting(runtime);
        clock.Advance(5 * s_second);
        await StillWaits(runtime);
        await channel.SendAsync(1);
        Assert.Equal(1, await waiter);
    });

    [Fact]
    public Task Timeout_Zero_OnlyWhatIsReadyGoesBefore() => Isolated.GoAsync(1, async () =>
    {
        var channel = new Chan<int>(1);
        var select = new Select();
        TimeoutCase timeout = select.Timeout(TimeSpan.Zero);
        select.Receive(channel);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(0, await select.WaitAsync());
            Assert.True(timeout.Selected);
            await channel.SendAsync(i);
            Assert.Equal(1, await select.WaitAsync());
            Assert.False(timeout.Selected);
        }
    });

    [Theory]
    [InlineData(-2)]
    [InlineData(-1000)]
    [InlineData(long.MinValue / TimeSpan.TicksPerMillisecond)]
    public Task Timeout_Negative_IsDueAtOnce(long milliseconds) => OnVirtualClock(async (runtime, _) =>
    {
        TimeSpan after = TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond);
        var select = new Select();
        TimeoutCase timeout = select.Timeout(after);
        var channel = new Chan<int>(1);
        ReceiveCase<int> value = select.Receive(channel);
        Assert.Equal(after, timeout.After);
        Assert.Equal(0, await runtime.Run(async () => await select.WaitAsync()));
        Assert.True(select.TryWait(out int index) && index == 0);
        await channel.SendAsync(1);
        Assert.Equal(1, await select.WaitAsync());
        Assert.Equal(1, value.Value);
        timeout.After = TimeSpan.FromDays(1);
        timeout.After = after;
        Assert.Equal(0, await new Select().AndTimeout(after).WaitAsync());
        Assert.Equal(0, await select.WaitAsync());
    });

    [Fact]
    public Task Timeout_Largest_IsNoError() => OnVirtualClock(async (runtime, clock) =>
    {
        var channel = new Chan<int>();
        Goroutine<int> waiter = runtime.Run(async () =>
        {
            var select = new Select();
            select.Timeout(TimeSpan.MaxValue);
            select.Receive(channel);
            return await select.WaitAsync();
        });
        await UntilWaiting(runtime);
        clock.Advance(TimeSpan.FromDays(1000));
        await StillWaits(runtime);
        await channel.SendAsync(1);
        Assert.Equal(1, await waiter);
    });

    [Fact]
    public async Task Timeout_OutsideAGoroutine_Passes()
    {
        var select = new Select();
        select.Receive(new Chan<int>());
        select.Timeout(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await select.WaitAsync());
        Assert.Equal(1, await PlainThread.Run(select.Wait));
        Assert.Equal(1, await select.WaitAsync());
    }

    private static Task OnVirtualClock(Func<GoRuntime, FakeTimeProvider, Task> body)
    {
        var clock = new FakeTimeProvider();
        return Isolated.RunAsync(runtime => body(runtime, clock), new GoRuntimeOptions { MaxProcs = 1, TimeProvider = clock });
    }

    private static Task UntilWaiting(GoRuntime runtime) => Poll.UntilAsync(
        () => runtime.Snapshot().Any(info => info is { WaitReason: "select", Status: GoroutineStatus.Waiting }),
        "a goroutine to wait in a select");

    /// <summary>Lets the runtime go round once, with its timers, and looks whether the goroutine is where it was.</summary>
    private static async Task StillWaits(GoRuntime runtime)
    {
        await runtime.Run(async () => await Go.Yield());
        Assert.Contains(runtime.Snapshot(), info => info is { WaitReason: "select", Status: GoroutineStatus.Waiting });
    }
}
