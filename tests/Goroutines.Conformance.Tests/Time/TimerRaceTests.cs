using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.Time;

/// <summary>Go's time/sleep_test.go: timers that are due at once, moved to and fro, and shared by many.</summary>
[Collection(StressCollection.Name)]
public class TimerRaceTests
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromTicks(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Theory(DisplayName = "go: time/sleep_test.go TestZeroTimer")]
    [InlineData("chan")]
    [InlineData("func")]
    [InlineData("cache")]
    public Task Zero_AgainAndAgain_IsNeverMissed(string kind) => VirtualTime.RunAsync(async clock =>
    {
        AnyTimer cached = AnyTimer.Start("func", s_hour, clock);
        for (int i = 0; i < 5_000; i++)
        {
            AnyTimer timer = cached;
            if (kind == "cache")
            {
                timer.Reset(TimeSpan.Zero);
            }
            else
            {
                timer = AnyTimer.Start(kind, TimeSpan.Zero, clock);
            }

            Assert.True((await timer.C.ReceiveAsync()).Ok);
        }
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestTimerModifiedEarlier")]
    public Task Reset_QuicklyEarlier_DoesNotLoseTheTimer() => Isolated.GoAsync(async () =>
    {
        for (int i = 0; i < 200; i++)
        {
            AnyTimer timer = AnyTimer.Start("func", s_hour, TimeProvider.System);
            for (int j = 0; j < 10; j++)
            {
                if (!timer.Stop())
                {
                    await timer.C.ReceiveAsync();
                }

                Assert.False(timer.Reset(TimeSpan.Zero));
            }

            await timer.C.ReceiveAsync();
        }
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestAdjustTimers")]
    public Task Reset_EarlierAndLaterByTurns_LosesNoTimer() => VirtualTime.RunAsync(async clock =>
    {
        var random = new Random(Seed.Get(nameof(Reset_EarlierAndLaterByTurns_LosesNoTimer)));
        var minute = TimeSpan.FromMinutes(1);
        for (int round = 0; round < 10; round++)
        {
            // Each timer goes through these steps in order; which timer makes the next one is random. The clock stands still, so
            // only those of zero go off.
            List<IEnumerator<ValueTask>> timers = [.. Enumerable.Range(0, 100).Select(_ => Steps().GetEnumerator())];
            while (timers.Count != 0)
            {
                int chosen = random.Next(timers.Count);
                if (timers[chosen].MoveNext())
                {
                    await timers[chosen].Current;
                }
                else
                {
                    timers.RemoveAt(chosen);
                }
            }
        }

        IEnumerable<ValueTask> Steps()
        {
            AnyTimer timer = AnyTimer.Start("func", TimeSpan.Zero, clock);
            yield return default;
            yield return Receive(timer);
            foreach (int minutes in (int[])[1, 3, 2])
            {
                Assert.False(timer.Reset(minutes * minute), "It was not running.");
                yield return default;
                Assert.True(timer.Stop(), "It was running.");
                yield return default;
            }

            Assert.False(timer.Reset(TimeSpan.Zero), "It was not running.");
            yield return default;
            yield return Receive(timer);
        }

        static async ValueTask Receive(AnyTimer timer) => Assert.True((await timer.C.ReceiveAsync()).Ok);
    });

    [Theory(DisplayName = "go: time/sleep_test.go TestStopResult")]
    [InlineData("chan")]
    [InlineData("func")]
    public Task Stop_RacingWithTheTime_SaysWhetherAValueComes(string kind) => AssertTellsTheTruth(kind, static timer => timer.Stop());

    [Theory(DisplayName = "go: time/sleep_test.go TestResetResult")]
    [InlineData("chan")]
    [InlineData("func")]
    public Task Reset_RacingWithTheTime_SaysWhetherAValueComes(string kind) => AssertTellsTheTruth(kind, static timer => timer.Reset(s_hour));

    [Fact(DisplayName = "go: time/sleep_test.go TestMultiWakeupTicker")]
    public Task Ticker_ManyWaitOnItOrATimeoutOfTheirOwn_AllGoOn() => Isolated.GoAsync(4, async () =>
    {
        var ticker = new Ticker(TimeSpan.FromMicroseconds(1));
        await Together(4, async () =>
        {
            for (int i = 0; i < 3_000; i++)
            {
                await new Select().Receive(ticker.C, out _).Receive(Go.After(TimeSpan.FromMilliseconds(1)), out _).WaitAsync();
            }
        });
        ticker.Stop();
    });

    [Fact(DisplayName = "go: time/sleep_test.go TestMultiWakeupTimer")]
    public Task Timer_ManyPollAndResetIt_StaysSound() => Isolated.GoAsync(4, async () =>
    {
        var timer = new GoTimer(s_shortest);
        await Together(4, () =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                timer.C.TryReceive(out _);
                timer.Reset(s_shortest);
            }

            return default;
        });
        Assert.True((await timer.C.ReceiveAsync()).Ok);
    });

    private static Task AssertTellsTheTruth(string kind, Func<AnyTimer, bool> prevent) => Isolated.GoAsync(async () =>
    {
        int received = 0;
        await Together(100, async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                AnyTimer[] timers = [Start(), Start()];
                int first = await new Select().Receive(timers[0].C, out _).Receive(timers[1].C, out _).WaitAsync();
                AnyTimer other = timers[1 - first];
                if (prevent(other))
                {
                    Assert.False(other.C.TryReceive(out _), "A value came that had been prevented.");
                }
                else
                {
                    Assert.True((await other.C.ReceiveAsync()).Ok); // else this waits forever
                    Interlocked.Increment(ref received);
                }
            }
        });

        // A channel's own timer can always be prevented: its value is not there before a receiver takes it.
        Assert.True(kind == "func" || received == 0, $"{received} values could not be prevented.");

        AnyTimer Start() => AnyTimer.Start(kind, TimeSpan.FromMilliseconds(1), TimeProvider.System);
    });

    private static async ValueTask Together(int count, Func<ValueTask> body)
    {
        var group = new ErrGroup();
        for (int i = 0; i < count; i++)
        {
            group.Spawn(body);
        }

        await group.WaitAsync();
    }
}
