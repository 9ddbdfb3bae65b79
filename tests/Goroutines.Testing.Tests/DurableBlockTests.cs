using System.Diagnostics;
using Goroutines.Testing.Driving;
using Xunit;

#pragma warning disable GOR106 // what leaves its context is tested
namespace Goroutines.Testing.Tests;

/// <summary>Which goroutines hold the clock, as what they wait for comes and goes while they are parked; and what it costs to know.</summary>
public sealed class DurableBlockTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static DateTimeOffset Now => GoTest.TimeProvider.GetUtcNow();

    public static TheoryData<int> Procs => [1, 4];

    [Theory]
    [MemberData(nameof(Procs))]
    public void Run_DelayOfTwoThingsHasFired_TheOtherHoldsTheClock(int maxProcs) => HoldsTheClock(maxProcs, async outside =>
    {
        Task delay = Task.Delay(s_minute, GoTest.TimeProvider);
        outside.BeginsAfter(delay);
        await Task.WhenAll(delay, outside.Task);
    });

    [Theory]
    [MemberData(nameof(Procs))]
    public void Run_OperationOfTwoThingsHasEnded_TheOtherHoldsTheClock(int maxProcs) => HoldsTheClock(maxProcs, async outside =>
    {
        var values = new Chan<int>();
        Goroutine sender = Go.Run(async () =>
        {
            await Go.SleepAsync(s_minute);
            await values.SendAsync(1);
        });
        Task receive = values.ReceiveAsync().AsTask();
        outside.BeginsAfter(receive);
        await Task.WhenAll(receive, outside.Task);
        await sender;
    });

    [Theory]
    [MemberData(nameof(Procs))]
    public void Run_DelayOfTwoThingsIsCancelled_TheOtherHoldsTheClock(int maxProcs) => HoldsTheClock(maxProcs, async outside =>
    {
        using var source = new CancellationTokenSource();
        Goroutine canceller = Go.Run(async () =>
        {
            await Go.SleepAsync(s_minute);
            await source.CancelAsync();
        });
        Task delay = Task.Delay(2 * s_hour, GoTest.TimeProvider, source.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        outside.BeginsAfter(delay);
        await Task.WhenAll(delay, outside.Task);
        await canceller;
    });

    [Theory]
    [MemberData(nameof(Procs))]
    public void Run_TickOfTwoThingsHasCome_TheOtherHoldsTheClock(int maxProcs) => HoldsTheClock(maxProcs, async outside =>
    {
        using var timer = new PeriodicTimer(s_minute, GoTest.TimeProvider);
        Task tick = timer.WaitForNextTickAsync().AsTask();
        outside.BeginsAfter(tick);
        await Task.WhenAll(tick, outside.Task);
    });

    [Fact]
    public void Run_DelayAwaitedByTwo_WakesBoth() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        Task shared = Task.Delay(s_hour, GoTest.TimeProvider);
        Goroutine first = Go.Run(async () => await shared);
        await Go.SleepAsync(s_minute);
        Goroutine second = Go.Run(async () => await shared);
        await Go.SleepAsync(s_minute);
        await shared;
        await first;
        await second;
        Assert.Equal(s_hour, Now - begun);
    });

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    public void Run_DelayBegunBeforeManyOthers_IsStillFound(int others) => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        Task early = Task.Delay(s_hour, GoTest.TimeProvider);
        Task[] later = [.. Enumerable.Range(0, others).Select(static i => Task.Delay(2 * s_hour, GoTest.TimeProvider))];
        await Go.SleepAsync(s_minute);
        await early;
        Assert.Equal(s_hour, Now - begun);
        await Task.WhenAll(later);
        Assert.Equal(2 * s_hour, Now - begun);
    });

    [Fact]
    public void Run_DelayInAnothersMethod_WakesTheOneThatAwaitsIt() => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        TimeProvider clock = GoTest.TimeProvider;
        Task<int>? work = null;
        await Go.Run(() =>
        {
            work = Work(clock);
        });
        Assert.Equal(1, await work!);
        Assert.Equal(2 * s_hour, Now - begun);

        static async Task<int> Work(TimeProvider clock)
        {
            await Task.Delay(s_hour, clock).ConfigureAwait(false);
            return await Inner(clock).ConfigureAwait(false);
        }

        static async Task<int> Inner(TimeProvider clock)
        {
            await Task.Delay(s_hour, clock).ConfigureAwait(false);
            return 1;
        }
    });

    [Fact]
    public void Run_BodyThatLeavesItsContext_FollowsTheClock() => GoTest.Run(async () =>
    {
        TimeProvider clock = GoTest.TimeProvider;
        DateTimeOffset begun = Now;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Go.Run(async () =>
        {
            await Task.Delay(s_minute, clock).ConfigureAwait(false);
            await Task.Delay(s_minute, clock).ConfigureAwait(false);
        }).JoinAsync().AsTask()));
        Assert.Equal(2 * s_minute, Now - begun);
    });

    [Fact]
    public void Run_PeriodicTimerAwaitedWithoutContext_FollowsTheClock() => GoTest.Run(async () =>
    {
        TimeProvider clock = GoTest.TimeProvider;
        await Go.Run(async () =>
        {
            using var timer = new PeriodicTimer(s_minute, clock);
            for (int i = 0; i < 3; i++)
            {
                await timer.WaitForNextTickAsync().ConfigureAwait(false);
            }
        });
        await Ticks(clock);
        Assert.Equal(6 * s_minute, Now - VirtualStart);

        static async Task Ticks(TimeProvider clock)
        {
            using var timer = new PeriodicTimer(s_minute, clock);
            for (int i = 0; i < 3; i++)
            {
                await timer.WaitForNextTickAsync().ConfigureAwait(false);
            }
        }
    });

    public enum TokenUser
    {
        Delay,
        Wait,
        Semaphore,
        LinkedToken,
        LibraryCode,
    }

    /// <summary>A framework task that the clock ends by cancelling it.</summary>
    [Theory]
    [InlineData(TokenUser.Delay)]
    [InlineData(TokenUser.Wait)]
    [InlineData(TokenUser.Semaphore)]
    [InlineData(TokenUser.LinkedToken)]
    [InlineData(TokenUser.LibraryCode)]
    public void Run_TaskWithATokenOnTheClock_IsCancelledInTime(TokenUser user) => GoTest.Run(async () =>
    {
        DateTimeOffset begun = Now;
        using var source = new CancellationTokenSource(s_hour, GoTest.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(source.Token, TestContext.Current.CancellationToken);
        using var gate = new SemaphoreSlim(0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => user switch
        {
            TokenUser.Delay => Task.Delay(Timeout.InfiniteTimeSpan, source.Token),
            TokenUser.Wait => new TaskCompletionSource().Task.WaitAsync(source.Token),
            TokenUser.Semaphore => gate.WaitAsync(source.Token),
            TokenUser.LinkedToken => Task.Delay(Timeout.InfiniteTimeSpan, linked.Token),
            _ => InLibraryCode(linked.Token),
        });
        Assert.Equal(s_hour, Now - begun);

        static async Task InLibraryCode(CancellationToken token)
        {
            await Task.WhenAll(new TaskCompletionSource().Task.WaitAsync(token), Task.CompletedTask).ConfigureAwait(false);
        }
    });

    [Theory]
    [MemberData(nameof(Procs))]
    public void Run_TokenOfTwoThingsIsCancelled_TheOtherHoldsTheClock(int maxProcs) => HoldsTheClock(maxProcs, async outside =>
    {
        using var source = new CancellationTokenSource(s_minute, GoTest.TimeProvider);
        Task cancelled = Task.Delay(Timeout.InfiniteTimeSpan, source.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        outside.BeginsAfter(cancelled);
        await Task.WhenAll(cancelled, outside.Task);
    });

    /// <summary>Goroutines that are parked are looked at when they have parked, and not again at each step of the clock.</summary>
    [Theory]
    [InlineData(1_000, 100)]
    [InlineData(10_000, 1_000)]
    public void Run_ManyParkedBesideSleeps_LooksAtThemOnce(int parked, int sleeps) => GoTest.Run(async () =>
    {
        var never = new Chan<int>();
        var all = new WaitGroup();
        for (int i = 0; i < parked; i++)
        {
            all.Spawn(async () => await never.ReceiveAsync());
        }

        for (int i = 0; i < sleeps; i++)
        {
            await Go.SleepAsync(s_minute);
        }

        Assert.InRange(Looks, 1, (2 * parked) + (4 * sleeps) + 100);
        never.Close();
        await all.WaitAsync();
    });

    /// <summary>A goroutine in a delay is found by the timer that was armed last, not by going through all timers.</summary>
    [Theory]
    [InlineData(1_000, false)]
    [InlineData(3_000, false)]
    [InlineData(3_000, true)]
    public void Run_ManyInDelays_LooksAtEachAFewTimes(int count, bool atOnce) => GoTest.Run(async () =>
    {
        const int Rounds = 3;
        TimeProvider clock = GoTest.TimeProvider;
        DateTimeOffset begun = Now;
        var all = new WaitGroup();
        for (int i = 0; i < count; i++)
        {
            TimeSpan delay = TimeSpan.FromSeconds(atOnce ? count : count + i);
            all.Spawn(async () =>
            {
                for (int k = 0; k < Rounds; k++)
                {
                    await Task.Delay(delay, clock);
                }
            });
        }

        await all.WaitAsync();
        Assert.Equal(TimeSpan.FromSeconds(Rounds * (atOnce ? count : (2 * count) - 1)), Now - begun);
        Assert.InRange(Looks, count, 20 * Rounds * count);
    });

    /// <summary>Goroutines that wait for something outside are not all asked again whenever one of them is served.</summary>
    [Fact]
    public void Run_ManyThatWaitOutside_CostNoMoreThanOne() => GoTest.Run(async () =>
    {
        const int Count = 2_000;
        TaskCompletionSource[] outside = [.. Enumerable.Range(0, Count).Select(static _ => new TaskCompletionSource())];
        var all = new WaitGroup();
        foreach (TaskCompletionSource each in outside)
        {
            all.Spawn(async () => await each.Task);
        }

        DurableBlocks blocks = TestDriver.Current!.Blocks;
        await Task.Run(() =>
        {
            foreach (TaskCompletionSource each in outside)
            {
                // The next one is served when the test has come to rest again.
                long before = blocks.Looks;
                each.SetResult();
                Assert.True(SpinWait.SpinUntil(() => blocks.Looks > before, TimeSpan.FromSeconds(20)), "The test has not come to rest.");
            }
        });
        await all.WaitAsync();
        Assert.InRange(Looks, Count, 20 * Count);
    });

    private static long Looks => TestDriver.Current!.Blocks.Looks;

    private static DateTimeOffset VirtualStart { get; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Beside a sleeper of an hour, <paramref name="wait"/> waits for something of the test that takes a minute, and for something
    /// outside that takes some real time more: the clock must stand at one minute when both have come.
    /// </summary>
    private static void HoldsTheClock(int maxProcs, Func<OutsideWork, Task> wait) => GoTest.Run(
        async () =>
        {
            DateTimeOffset begun = Now;
            Goroutine sleeper = Go.Run(async () => await Go.SleepAsync(s_hour));
            using var outside = new OutsideWork();
            await wait(outside);
            Assert.Equal(s_minute, Now - begun);
            await sleeper;
            Assert.Equal(s_hour, Now - begun);
        },
        new GoTestOptions { MaxProcs = maxProcs });

    /// <summary>A task that a thread outside of the test completes, some real time after something else has come.</summary>
    private sealed class OutsideWork : IDisposable
    {
        private readonly TaskCompletionSource _done = new();
        private readonly ManualResetEventSlim _begins = new();

        internal OutsideWork()
        {
            Thread thread = new(() =>
            {
                _begins.Wait();
                long since = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(since).TotalMilliseconds < 30)
                {
                    Thread.Sleep(1); // the clock has every opportunity to move
                }

                _done.SetResult();
            });
            thread.IsBackground = true;
            thread.Start();
        }

        internal Task Task => _done.Task;

        public void Dispose() => _begins.Dispose();

        internal void BeginsAfter(Task first) => first.ContinueWith(_ => _begins.Set(), TaskScheduler.Default);
    }
}
