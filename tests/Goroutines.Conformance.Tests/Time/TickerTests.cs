using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.Time;

/// <summary>Go's time/tick_test.go, and the stress tests of tickers in sleep_test.go.</summary>
public class TickerTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    [Fact(DisplayName = "go: time/tick_test.go TestTicker")]
    public Task Ticks_ComeAtTheirIntervals_AlsoAfterReset_AndNoneAfterStop() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset begun = clock.GetUtcNow();
        var ticker = new Ticker(s_step);
        var times = new Chan<DateTimeOffset>();
        Goroutine reader = Go.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await times.SendAsync((await ticker.C.ReceiveAsync()).Value);
            }
        });
        for (int i = 1; i <= 10; i++)
        {
            TimeSpan period = i <= 5 ? s_step : 2 * s_step;
            await VirtualTime.ParkedAsync(reader.Id, "chan receive");
            if (i == 6)
            {
                ticker.Reset(period);
            }

            clock.Advance(period);
            Assert.Equal(clock.GetUtcNow(), (await times.ReceiveAsync()).Value);
        }

        await reader;
        Assert.Equal(begun + (15 * s_step), clock.GetUtcNow());
        ticker.Stop();
        clock.Advance(4 * s_step);
        Assert.False(ticker.C.TryReceive(out _), "It ticks on.");
    });

    [Fact(DisplayName = "go: time/tick_test.go TestTeardown")]
    public Task Tickers_MadeUsedAndStopped_EndCleanly() => Isolated.GoAsync(static async () =>
    {
        for (int i = 0; i < 3; i++)
        {
            var ticker = new Ticker(TimeSpan.FromMilliseconds(2));
            Assert.True((await ticker.C.ReceiveAsync()).Ok);
            ticker.Stop();
        }
    });

    [Fact(DisplayName = "go: time/tick_test.go TestNewTickerLtZeroDuration")]
    public void NewTicker_PeriodBelowZero_Throws() => Assert.Throws<ArgumentOutOfRangeException>("period", static () => new Ticker(TimeSpan.FromTicks(-1)));

    [Fact(DisplayName = "go: time/tick_test.go TestTickerResetLtZeroDuration")]
    public void Reset_PeriodOfZero_Throws()
    {
        using var ticker = new Ticker(TimeSpan.FromSeconds(1));
        Assert.Throws<ArgumentOutOfRangeException>("period", () => ticker.Reset(TimeSpan.Zero));
    }

    [Fact(DisplayName = "go: time/tick_test.go TestAfterTimes")]
    public Task After_ReceivedLate_GivesTheTimeItWasDue() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset begun = clock.GetUtcNow();
        Receiver<DateTimeOffset> after = Go.After(s_step);
        clock.Advance(25 * s_step);
        Assert.Equal(begun + s_step, (await after.ReceiveAsync()).Value);
    });

    [Fact(DisplayName = "go: time/tick_test.go TestTickTimes")]
    public Task Ticker_ReceivedLate_GivesTheTimeOfTheFirstTick() => VirtualTime.RunAsync(async clock =>
    {
        DateTimeOffset begun = clock.GetUtcNow();
        Receiver<DateTimeOffset> ticks = new Ticker(s_step).C;
        clock.Advance(25 * s_step);
        Assert.Equal(begun + s_step, (await ticks.ReceiveAsync()).Value);
    });

    [Theory(DisplayName = "go: time/tick_test.go TestTimerGC")]
    [InlineData("After")]
    [InlineData("Tick")]
    [InlineData("NewTimer")]
    [InlineData("NewTicker")]
    [InlineData("NewTimerStop")]
    [InlineData("NewTickerStop")]
    public Task Dropped_LongBeforeItsTime_IsCollected(string kind) => Isolated.GoAsync(1, async () =>
    {
        WeakReference[] dropped = [.. Enumerable.Range(0, 1000).Select(_ => Drop(kind))];
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                return dropped.Count(static reference => reference.IsAlive) <= 2; // one may still be in a register
            },
            "the collection of timers that nobody holds");
    });

    [Theory(DisplayName = "go: time/sleep_test.go TestTickerStress")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Ticker_BesideCollections_Ticks(int maxProcs) => TickBesideCollections(maxProcs, readers: 1);

    [Theory(DisplayName = "go: time/sleep_test.go TestTickerConcurrentStress")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Ticker_ManyReadersBesideCollections_TicksForAll(int maxProcs) => TickBesideCollections(maxProcs, readers: 10);

    private static Task TickBesideCollections(int maxProcs, int readers) => Isolated.GoAsync(maxProcs, async () =>
    {
        bool stop = false;
        Goroutine collector = Go.Run(async () =>
        {
            for (int i = 0; !Volatile.Read(ref stop); i++)
            {
                GC.Collect(i % 10 == 0 ? 2 : 0);
                await Go.SleepAsync(TimeSpan.FromTicks(1));
            }
        });
        var ticker = new Ticker(TimeSpan.FromTicks(1));
        var all = new WaitGroup();
        for (int i = 0; i < readers; i++)
        {
            all.Spawn(async () =>
            {
                for (int j = 0; j < 100; j++)
                {
                    await ticker.C.ReceiveAsync();
                }
            });
        }

        await all.WaitAsync();
        ticker.Stop();
        Volatile.Write(ref stop, true);
        await collector;
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Drop(string kind)
    {
        var hour = TimeSpan.FromHours(1);
        switch (kind)
        {
            case "After":
                return Watch(Go.After(hour));
            case "NewTimer":
                return Watch(new GoTimer(hour).C);
            case "NewTimerStop":
                GoTimer timer = new(hour);
                timer.Stop();
                return Watch(timer.C);
            case "NewTickerStop":
                Ticker ticker = new(hour);
                ticker.Stop();
                return Watch(ticker.C);
            default:
                return Watch(new Ticker(hour).C);
        }

        static WeakReference Watch(Receiver<DateTimeOffset> channel) => new(channel.Channel);
    }
}
