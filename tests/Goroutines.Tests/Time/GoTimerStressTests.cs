using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Time;

/// <summary>Timers and tickers with many goroutines and collections at once, on the real clock.</summary>
[Collection(StressCollection.Name)]
public class GoTimerStressTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Theory(DisplayName = "A value can be received exactly when Stop or Reset was false (TestStopResult, TestResetResult)")]
    [InlineData(false)]
    [InlineData(true)]
    public Task StopOrReset_RacingWithTheTime_SaysWhetherAValueCanBeReceived(bool reset) => Isolated.GoAsync(async () =>
    {
        int goroutines = Load.Times(100);
        var ended = new Chan<int>();
        for (int i = 0; i < goroutines; i++)
        {
            Go.Spawn(async () =>
            {
                int lost = 0;
                for (int j = 0; j < 30; j++)
                {
                    var first = new GoTimer(TimeSpan.FromMilliseconds(1));
                    var second = new GoTimer(TimeSpan.FromMilliseconds(1));
                    int chosen = await new Select().Receive(first.C, out _).Receive(second.C, out _).WaitAsync();
                    GoTimer other = chosen == 0 ? second : first;
                    bool prevented = reset ? other.Reset(s_hour) : other.Stop();
                    if (!prevented || other.C.TryReceive(out _))
                    {
                        lost++; // nobody else receives, so it must have been prevented, and nothing be left
                    }
                }

                await ended.SendAsync(lost);
            });
        }

        int wrong = 0;
        for (int i = 0; i < goroutines; i++)
        {
            wrong += (await ended.ReceiveAsync()).Value;
        }

        Assert.Equal(0, wrong);
    });

    [Fact(DisplayName = "Each start of a timer is received once or prevented once, never both (TestStopResult)")]
    public Task StopAndReset_RacingWithReceivers_EachStartHasOneEnd() => Isolated.GoAsync(async () =>
    {
        int seed = Seed.Get(nameof(StopAndReset_RacingWithReceivers_EachStartHasOneEnd));
        var random = new Random(seed);
        var timer = new GoTimer(TimeSpan.FromMicroseconds(50));
        var quit = new Chan<Unit>();
        Goroutine<int>[] receivers = [.. Enumerable.Range(0, 3).Select(_ => Go.Run(async () =>
        {
            int received = 0;
            var select = new Select();
            select.Receive(timer.C);
            select.Receive(quit);
            while (await select.WaitAsync() == 0)
            {
                received++;
            }

            return received;
        }))];

        int started = 1;
        int prevented = 0;
        for (int i = 0; i < Load.Times(5_000); i++)
        {
            bool stop = random.Next(3) == 0;
            prevented += stop && timer.Stop() ? 1 : 0;
            prevented += timer.Reset(TimeSpan.FromMicroseconds(random.Next(200))) ? 1 : 0;
            started++;
            if (random.Next(4) == 0)
            {
                await Go.SleepAsync(TimeSpan.FromMicroseconds(random.Next(300)));
            }
        }

        prevented += timer.Stop() ? 1 : 0;
        quit.Close();
        int sum = 0;
        foreach (Goroutine<int> receiver in receivers)
        {
            sum += await receiver;
        }

        Assert.Equal(started, prevented + sum);
    });

    [Fact(DisplayName = "Moving timers to and fro loses none of them (TestTimerModifiedEarlier, TestAdjustTimers)")]
    public Task Reset_ToAndFro_LosesNoTimer() => Isolated.GoAsync(async () =>
    {
        var random = new Random(Seed.Get(nameof(Reset_ToAndFro_LosesNoTimer)));
        for (int i = 0; i < Load.Times(300); i++)
        {
            var fired = new Chan<Unit>(1);
            GoTimer timer = GoTimer.AfterFunc(s_hour, async () => await fired.SendAsync(default));
            for (int j = 0; j < 10; j++)
            {
                if (!timer.Stop())
                {
                    await fired.ReceiveAsync();
                }

                Assert.False(timer.Reset(random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(1 + random.Next(3))));
            }

            timer.Reset(TimeSpan.Zero);
            await fired.ReceiveAsync();
        }
    });

    [Fact(DisplayName = "Ticks come while collections go on (TestTickerStress, TestTickerConcurrentStress)")]
    public Task Ticker_ManyReadersAndCollections_AllGetTheirTicks() => Isolated.GoAsync(async () =>
    {
        bool stop = false;
        Goroutine collector = Go.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect(0);
                await Go.SleepAsync(TimeSpan.FromTicks(1));
            }
        });
        var ticker = new Ticker(TimeSpan.FromTicks(1));
        Goroutine[] readers = [.. Enumerable.Range(0, 10).Select(_ => Go.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.True((await ticker.C.ReceiveAsync()).Ok);
            }
        }))];
        foreach (Goroutine reader in readers)
        {
            await reader;
        }

        ticker.Stop();
        Volatile.Write(ref stop, true);
        await collector;
    });

    [Fact(DisplayName = "Many wake on one ticker or a time-out of their own (TestMultiWakeupTicker)")]
    public Task Ticker_SelectsWithTimeouts_AllGoOn() => Isolated.GoAsync(async () =>
    {
        var ticker = new Ticker(TimeSpan.FromMicroseconds(1));
        Goroutine[] readers = [.. Enumerable.Range(0, 4).Select(index => Go.Run(async () =>
        {
            for (int i = 0; i < Load.Times(2_000); i++)
            {
                await new Select().Receive(ticker.C, out _).Receive(Go.After(TimeSpan.FromMilliseconds(1)), out _).WaitAsync();
            }
        }))];
        foreach (Goroutine reader in readers)
        {
            await reader;
        }

        ticker.Stop();
        Assert.False(ticker.C.TryReceive(out _));
    });

    [Fact(DisplayName = "Many poll and reset one timer (TestMultiWakeupTimer)")]
    public Task Timer_PolledAndResetByMany_StaysSound() => Isolated.GoAsync(async () =>
    {
        var timer = new GoTimer(TimeSpan.FromTicks(1));
        Goroutine[] users = [.. Enumerable.Range(0, 4).Select(index => Go.Run(async () =>
        {
            for (int i = 0; i < Load.Times(5_000); i++)
            {
                timer.C.TryReceive(out _);
                timer.Reset(TimeSpan.FromTicks(1));
                if (i % 64 == 0)
                {
                    await Go.Yield();
                }
            }
        }))];
        foreach (Goroutine user in users)
        {
            await user;
        }

        timer.Reset(TimeSpan.FromTicks(1));
        Assert.True((await timer.C.ReceiveAsync()).Ok);
        Assert.False(timer.Stop());
    });

    [Fact(DisplayName = "A heap full of sleepers does not hold up a select with time-outs (TestLongAdjustTimers)")]
    public Task After_AmongManySleepers_IsNotHeldUp() => Isolated.GoAsync(async () =>
    {
        int sleepers = Load.Times(2_000);
        var slept = new Chan<Unit>();
        for (int i = 0; i < sleepers; i++)
        {
            Go.Spawn(async () =>
            {
                await Go.SleepAsync(TimeSpan.FromMicroseconds(10));
                await slept.SendAsync(default);
            });
        }

        var work = new Chan<int>();
        Goroutine sender = Go.Run(async () =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                await work.SendAsync(i);
            }
        });
        var select = new Select();
        ReceiveCase<int> job = select.Receive(work);
        ReceiveCase<DateTimeOffset> late = select.Receive(Go.After(s_hour));
        for (int i = 0; i < 20_000; i++)
        {
            late.Channel = Go.After(s_hour);
            Assert.Equal(0, await select.WaitAsync());
            Assert.Equal(i, job.Value);
        }

        await sender;
        for (int i = 0; i < sleepers; i++)
        {
            await slept.ReceiveAsync();
        }
    });
}
