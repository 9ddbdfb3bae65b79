using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Testing.Tests;

/// <summary>Random programs in virtual time: every wait ends at its exact time, whatever the others do meanwhile.</summary>
public sealed class RandomWaitTests
{
    /// <summary>Those that stay within the test: what leaves the goroutine comes back in its own time.</summary>
    private static readonly int[] s_repeatable = [0, 1, 3, 4, 5, 6, 7, 8, 9];

    private static DateTimeOffset Now => GoTest.TimeProvider.GetUtcNow();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Run_RandomWaits_EndAtTheirExactTimes(int maxProcs)
    {
        int seed = Seed.Get(nameof(Run_RandomWaits_EndAtTheirExactTimes));
        GoTest.Run(
            async () =>
            {
                var all = new WaitGroup();
                for (int i = 0; i < 30; i++)
                {
                    var random = new Random(seed + i);
                    all.Spawn(async () =>
                    {
                        for (int k = 0; k < 40; k++)
                        {
                            DateTimeOffset begun = Now;
                            int kind = random.Next(15);
                            TimeSpan expected = await WaitAsync(kind, TimeSpan.FromSeconds(random.Next(1, 1_000)));
                            Assert.True(expected == Now - begun, $"A wait of kind {kind} took {Now - begun} instead of {expected}.");
                        }
                    });
                }

                await all.WaitAsync();
            },
            new GoTestOptions { MaxProcs = maxProcs });
    }

    /// <summary>The same programs under the explorer, whose schedules must repeat: a wait that ended at another time would be another program.</summary>
    [Fact]
    public void Explore_RandomWaits_EndAtTheirExactTimes()
    {
        int seed = Seed.Get(nameof(Explore_RandomWaits_EndAtTheirExactTimes));
        GoTest.Explore(
            async () =>
            {
                var all = new WaitGroup();
                for (int i = 0; i < 3; i++)
                {
                    var random = new Random(seed + i);
                    all.Spawn(async () =>
                    {
                        for (int k = 0; k < 4; k++)
                        {
                            DateTimeOffset begun = Now;
                            int kind = s_repeatable[random.Next(s_repeatable.Length)];
                            TimeSpan expected = await WaitAsync(kind, TimeSpan.FromSeconds(random.Next(1, 1_000)));
                            Assert.True(expected == Now - begun, $"A wait of kind {kind} took {Now - begun} instead of {expected}.");
                        }
                    });
                }

                await all.WaitAsync();
            },
            new ExploreOptions { Schedules = 200 });
    }

    /// <returns>How long the wait takes, by the clock of the test.</returns>
    private static async Task<TimeSpan> WaitAsync(int kind, TimeSpan time)
    {
        TimeProvider clock = GoTest.TimeProvider;
        switch (kind)
        {
            case 0:
                await Go.SleepAsync(time);
                return time;
            case 1:
                await Task.Delay(time, clock);
                return time;
            case 2:
                await InLibraryCode(time, clock);
                return time;
            case 3:
                await Task.WhenAll(Task.Delay(time, clock), Go.SleepAsync(time / 2).AsTask());
                return time;
            case 4:
                // The later delay stays armed.
                await Task.WhenAny(Task.Delay(time, clock), Task.Delay(3 * time, clock));
                return time;
            case 5:
                Assert.Equal(1, await new Select().Receive(new Chan<int>(), out _).Timeout(time, out _).WaitAsync());
                return time;
            case 6:
                using (CancelContext context = GoContext.Background.WithTimeout(time))
                {
                    await context.Done.ReceiveAsync();
                }

                return time;
            case 7:
                using (var timer = new PeriodicTimer(time, clock))
                {
                    await timer.WaitForNextTickAsync();
                    await timer.WaitForNextTickAsync();
                }

                return 2 * time;
            case 8:
                await Assert.ThrowsAsync<TimeoutException>(() => new TaskCompletionSource().Task.WaitAsync(time, clock));
                return time;
            case 9:
                var value = new Chan<int>();
                Goroutine sender = Go.Run(async () =>
                {
                    await Go.SleepAsync(time);
                    await value.SendAsync(1);
                });
                await value.ReceiveAsync();
                await sender;
                return time;
            case 10:
                await Go.Run(() => Go.Wait(Task.Delay(time, clock)));
                return time;
            case 11:
                // A goroutine outside of which nothing waits: the clock stands still.
                await Task.Run(static () => Thread.SpinWait(100));
                return TimeSpan.Zero;
            case 12:
                Go.Blocking(static () => Thread.SpinWait(100));
                return TimeSpan.Zero;
            case 13:
                await Task.WhenAll(Task.Delay(time, clock), Task.Run(static () => Thread.SpinWait(100)));
                return time;
            default:
                // The delay is cancelled half way by another goroutine.
                using (var source = new CancellationTokenSource())
                {
                    Task delay = Task.Delay(time, clock, source.Token);
                    Goroutine canceller = Go.Run(async () =>
                    {
                        await Go.SleepAsync(time / 2);
                        await source.CancelAsync();
                    });
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
                    await canceller;
                }

                return time / 2;
        }

        static async Task InLibraryCode(TimeSpan time, TimeProvider clock)
        {
            await Task.Delay(time / 2, clock).ConfigureAwait(false);
            await Task.Delay(time - (time / 2), clock).ConfigureAwait(false);
        }
    }
}
