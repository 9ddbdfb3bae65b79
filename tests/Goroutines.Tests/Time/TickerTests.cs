using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Time;

public class TickerTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact(DisplayName = "Ticks come at equal intervals, also after Reset; none after Stop (TestTicker)")]
    public Task Receive_TickByTick_GivesEachTime() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset start = clock.GetUtcNow();
        var ticker = new Ticker(s_second);
        var ticks = new Chan<DateTimeOffset>();
        Goroutine<int> reader = Go.Run(async () =>
        {
            int count = 0;
            for (; count < 10; count++)
            {
                await ticks.SendAsync((await ticker.C.ReceiveAsync()).Value);
            }

            return count;
        });
        for (int i = 1; i <= 5; i++)
        {
            await VirtualTime.ParkedAsync(reader.Id, "chan receive");
            clock.Advance(s_second);
            Assert.Equal(start + (i * s_second), (await ticks.ReceiveAsync()).Value);
        }

        ticker.Reset(2 * s_second);
        for (int i = 1; i <= 5; i++)
        {
            await VirtualTime.ParkedAsync(reader.Id, "chan receive");
            clock.Advance(2 * s_second);
            Assert.Equal(start + ((5 + (2 * i)) * s_second), (await ticks.ReceiveAsync()).Value);
        }

        Assert.Equal(10, await reader);
        ticker.Stop();
        clock.Advance(10 * s_second);
        Assert.False(ticker.C.TryReceive(out _));
    });

    [Fact(DisplayName = "A tick that waits has the time of the first one missed (TestTickTimes)")]
    public Task Receive_Slow_MissesTicksButKeepsTheGrid() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset start = clock.GetUtcNow();
        using var ticker = new Ticker(s_second);
        clock.Advance(TimeSpan.FromSeconds(3.5));
        Assert.Equal(start + s_second, (await ticker.C.ReceiveAsync()).Value);
        Assert.False(ticker.C.TryReceive(out _));
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(ticker.C.TryReceive(out Received<DateTimeOffset> next));
        Assert.Equal(start + (4 * s_second), next.Value);
        Assert.False(ticker.C.TryReceive(out _));
    });

    [Fact]
    public Task Receive_ParkedWhileManyPass_GetsOne() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset start = clock.GetUtcNow();
        using var ticker = new Ticker(s_second);
        Goroutine<DateTimeOffset> reader = Go.Run(async () => (await ticker.C.ReceiveAsync()).Value);
        await VirtualTime.ParkedAsync(reader.Id, "chan receive");
        clock.Advance(10 * s_second);
        Assert.Equal(start + s_second, await reader);
        Assert.False(ticker.C.TryReceive(out _));
    });

    [Fact(DisplayName = "The channel looks unbuffered; Reset and Stop drop a tick that was due (TestChan)")]
    public Task ResetAndStop_DueButUnread_LeaveNoTick() => VirtualTime.RunAsync(clock =>
    {
        var ticker = new Ticker(s_second);
        clock.Advance(s_second);
        Assert.Equal(0, ticker.C.Count);
        Assert.Equal(0, ticker.C.Capacity);
        ticker.Reset(2 * s_second);
        Assert.False(ticker.C.TryReceive(out _));
        clock.Advance(2 * s_second);
        ticker.Stop();
        Assert.False(ticker.C.TryReceive(out _));
        clock.Advance(10 * s_second);
        Assert.False(ticker.C.TryReceive(out _));
        ticker.Reset(s_second);
        clock.Advance(s_second);
        Assert.True(ticker.C.TryReceive(out _));
        return Task.CompletedTask;
    });

    [Fact]
    public Task Stop_ReceiverParked_WaitsOnUntilReset() => VirtualTime.RunAsync(async clock =>
    {
        var ticker = new Ticker(s_second);
        Goroutine reader = Go.Run(async () => Assert.True((await ticker.C.ReceiveAsync()).Ok));
        await VirtualTime.ParkedAsync(reader.Id, "chan receive");
        ticker.Stop();
        clock.Advance(10 * s_second);
        await VirtualTime.ParkedAsync(reader.Id, "chan receive");
        ticker.Reset(s_second);
        clock.Advance(s_second);
        await reader;
    });

    [Fact]
    public Task Receive_SeveralReaders_EachTickGoesToOne() => VirtualTime.RunAsync(async clock =>
    {
        using var ticker = new Ticker(s_second);
        var ticks = new Chan<DateTimeOffset>(10);
        Goroutine[] readers = [.. Enumerable.Range(0, 3).Select(_ => Go.Run(async () => await ticks.SendAsync((await ticker.C.ReceiveAsync()).Value)))];
        foreach (Goroutine reader in readers)
        {
            await VirtualTime.ParkedAsync(reader.Id, "chan receive");
        }

        var seen = new List<DateTimeOffset>();
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(s_second);
            seen.Add((await ticks.ReceiveAsync()).Value);
        }

        Assert.Equal(3, seen.Distinct().Count());
    });

    [Fact(DisplayName = "Tickers may be made, used and stopped in a row (TestTeardown)")]
    public Task Stop_AfterATick_Again() => Isolated.GoAsync(async () =>
    {
        for (int i = 0; i < 3; i++)
        {
            var ticker = new Ticker(TimeSpan.FromMilliseconds(5));
            await ticker.C.ReceiveAsync();
            ticker.Stop();
            ticker.Dispose();
        }
    });

    [Theory(DisplayName = "Periods must be positive (TestNewTickerLtZeroDuration, TestTickerResetLtZeroDuration)")]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-1000)]
    public void PeriodsThatAreNotPositive_Throw(int milliseconds)
    {
        var period = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Throws<ArgumentOutOfRangeException>("period", () => new Ticker(period));
        using var ticker = new Ticker(s_second);
        Assert.Throws<ArgumentOutOfRangeException>("period", () => ticker.Reset(period));
    }

    [Fact(DisplayName = "A period too long to be counted does no harm (TestOverflowPeriodRuntimeTimer)")]
    public Task LargestPeriod_NeverTicks() => VirtualTime.RunAsync(clock =>
    {
        using var ticker = new Ticker(TimeSpan.MaxValue);
        clock.Advance(TimeSpan.FromDays(10_000));
        Assert.False(ticker.C.TryReceive(out _));
        ticker.Reset(TimeSpan.FromDays(100 * 365));
        clock.Advance(TimeSpan.FromDays(250 * 365));
        Assert.True(ticker.C.TryReceive(out _));
        Assert.False(ticker.C.TryReceive(out _));
        return Task.CompletedTask;
    });

    [Fact]
    public Task Select_LoopOverTicksAndWork_GetsBoth() => VirtualTime.RunAsync(async clock =>
    {
        using var ticker = new Ticker(s_second);
        var work = new Chan<int>();
        var log = new Chan<string>(100);
        Goroutine loop = Go.Run(async () =>
        {
            var select = new Select();
            ReceiveCase<DateTimeOffset> tick = select.Receive(ticker.C);
            ReceiveCase<int> job = select.Receive(work);
            while (true)
            {
                switch (await select.WaitAsync())
                {
                    case 0:
                        Assert.True(tick.Ok);
                        await log.SendAsync("tick");
                        break;
                    case 1 when !job.Ok:
                        return;
                    default:
                        await log.SendAsync("job");
                        break;
                }
            }
        });
        for (int i = 0; i < 20; i++)
        {
            await work.SendAsync(i);
            Assert.Equal("job", (await log.ReceiveAsync()).Value);
            clock.Advance(s_second);
            Assert.Equal("tick", (await log.ReceiveAsync()).Value);
        }

        work.Close();
        await loop;
    });
}
