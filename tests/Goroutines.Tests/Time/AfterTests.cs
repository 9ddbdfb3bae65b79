using Goroutines.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Goroutines.Tests.Time;

public class AfterTests
{
    [Fact]
    public async Task After_OnTheRuntimesClock_GivesTheTimeOnceWhenDue()
    {
        var clock = new FakeTimeProvider();
        var start = clock.GetUtcNow();
        await Isolated.RunAsync(
            async runtime =>
            {
                var after = await runtime.Run(() => new ValueTask<Receiver<DateTimeOffset>>(Go.After(TimeSpan.FromSeconds(5)))).JoinAsync();

                clock.Advance(TimeSpan.FromMilliseconds(4_999));
                for (int i = 0; i < 10; i++)
                {
                    await runtime.Run(async () => await Go.Yield()).JoinAsync();
                    Assert.False(after.TryReceive(out _));
                }

                clock.Advance(TimeSpan.FromMilliseconds(1));
                var (time, ok) = await after.ReceiveAsync();
                Assert.True(ok);
                Assert.Equal(start + TimeSpan.FromSeconds(5), time);

                clock.Advance(TimeSpan.FromSeconds(60));
                for (int i = 0; i < 10; i++)
                {
                    await runtime.Run(async () => await Go.Yield()).JoinAsync();
                    Assert.False(after.TryReceive(out _));
                }
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public async Task After_UnreadWhenDue_KeepsItsValue()
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                var after = await runtime.Run(() => new ValueTask<Receiver<DateTimeOffset>>(Go.After(TimeSpan.FromSeconds(1)))).JoinAsync();
                clock.Advance(TimeSpan.FromSeconds(100));

                Assert.True((await after.ReceiveAsync()).Ok);
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }

    [Fact]
    public Task After_Zero_GivesItsValueAtOnce() => Isolated.GoAsync(
        async () => Assert.True((await Go.After(TimeSpan.Zero).ReceiveAsync()).Ok),
        new GoRuntimeOptions { TimeProvider = new FakeTimeProvider() });

    [Fact]
    public Task After_InASelect_IsACaseLikeAnother() => Isolated.GoAsync(async () =>
    {
        var values = new Chan<int>();
        var select = new Select();
        var value = select.Receive(values);
        var timeout = select.Receive(Go.After(TimeSpan.FromMilliseconds(5)));

        Assert.Equal(timeout.Index, await select.WaitAsync());
        Assert.True(timeout.Ok);
        Assert.False(value.Selected);
    });

    [Fact]
    public Task After_RealClock_LastsAtLeastItsDuration() => Isolated.GoAsync(async () =>
    {
        var duration = TimeSpan.FromMilliseconds(5);
        long start = TimeProvider.System.GetTimestamp();
        var (time, _) = await Go.After(duration).ReceiveAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= duration);
        Assert.InRange(DateTimeOffset.UtcNow - time, TimeSpan.FromSeconds(-60), TimeSpan.FromSeconds(60));
    });

    [Fact]
    public async Task After_OutsideAGoroutine_Works()
    {
        Assert.True((await Go.After(TimeSpan.FromMilliseconds(1)).ReceiveAsync()).Ok);
        Assert.True((await PlainThread.Run(() => Go.After(TimeSpan.FromMilliseconds(1)).Receive())).Ok);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-20_000)]
    [InlineData(long.MinValue)]
    public void After_Negative_IsDueAtOnce(long ticks)
        => Assert.True(Go.After(TimeSpan.FromTicks(ticks)).TryReceive(out Received<DateTimeOffset> received) && received.Ok);

    [Fact]
    public async Task After_ManyAtOnce_EachGivesItsValue()
    {
        var clock = new FakeTimeProvider();
        await Isolated.RunAsync(
            async runtime =>
            {
                const int Timers = 2000;
                var afters = await runtime.Run(() => new ValueTask<List<Receiver<DateTimeOffset>>>(
                    [.. Enumerable.Range(1, Timers).Select(i => Go.After(TimeSpan.FromMilliseconds(i)))])).JoinAsync();
                clock.Advance(TimeSpan.FromMilliseconds(Timers));

                foreach (var after in afters)
                {
                    Assert.True((await after.ReceiveAsync()).Ok);
                }
            },
            new GoRuntimeOptions { TimeProvider = clock });
    }
}
