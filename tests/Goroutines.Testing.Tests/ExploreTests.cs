using Xunit;

namespace Goroutines.Testing.Tests;

/// <summary>What the explorer promises: which schedules it runs, what it reports, and that it repeats.</summary>
public sealed class ExploreTests
{
    private static readonly ExploreOptions s_all = new() { Strategy = ExploreStrategy.Exhaustive, PreemptionBound = int.MaxValue, Schedules = 100_000 };

    /// <summary>Two goroutines with n operations each that never wait interleave in (2n)!/(n!)² ways.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 6)]
    [InlineData(3, 20)]
    [InlineData(4, 70)]
    public void Explore_Exhaustive_SeesEveryInterleaving(int operations, int expected)
    {
        var seen = new HashSet<string>();
        ExploreResult result = GoTest.Explore(
            async () =>
            {
                string order = "";
                Chan<int> a = new(operations), b = new(operations);
                Goroutine one = Go.Run(async () =>
                {
                    for (int i = 0; i < operations; i++)
                    {
                        await a.SendAsync(i);
                        order += "a";
                    }
                });
                Goroutine two = Go.Run(async () =>
                {
                    for (int i = 0; i < operations; i++)
                    {
                        await b.SendAsync(i);
                        order += "b";
                    }
                });
                await one;
                await two;
                seen.Add(order);
            },
            s_all);
        Assert.True(result.Complete);
        Assert.Equal(expected, seen.Count);
    }

    [Fact]
    public void Explore_PreemptionBound_LeavesOutSchedules()
    {
        ExploreResult none = Run(0), one = Run(1), all = Run(int.MaxValue);
        Assert.True(none.Complete && one.Complete && all.Complete);
        Assert.True(none.Schedules < one.Schedules && one.Schedules < all.Schedules, $"{none.Schedules}, {one.Schedules}, {all.Schedules}");

        static ExploreResult Run(int bound) => GoTest.Explore(
            static async () =>
            {
                var values = new Chan<int>(4);
                Goroutine other = Go.Run(async () =>
                {
                    await values.SendAsync(1);
                    await values.SendAsync(2);
                });
                await values.SendAsync(3);
                await values.SendAsync(4);
                await other;
            },
            new ExploreOptions { Strategy = ExploreStrategy.Exhaustive, PreemptionBound = bound, Schedules = 100_000 });
    }

    [Theory]
    [InlineData(ExploreStrategy.Mixed)]
    [InlineData(ExploreStrategy.Random)]
    [InlineData(ExploreStrategy.Pct)]
    [InlineData(ExploreStrategy.Exhaustive)]
    public void Replay_SeedOfFailure_RepeatsItStepByStep(ExploreStrategy strategy)
    {
        ExplorationException found = Assert.Throws<ExplorationException>(() => GoTest.Explore(LostUpdate, new ExploreOptions { Strategy = strategy }));
        Assert.Equal(FailureKind.Exception, found.Kind);
        Assert.Contains(found.Seed, found.Message, StringComparison.Ordinal);
        for (int i = 0; i < 3; i++)
        {
            ExplorationException again = Assert.Throws<ExplorationException>(() => GoTest.Replay(found.Seed, LostUpdate));
            Assert.Equal(found.Seed, again.Seed);
            Assert.Equal(found.Trace, again.Trace);
            Assert.Equal(found.InnerException!.Message, again.InnerException!.Message);
        }
    }

    [Fact]
    public void Explore_SameSeed_RunsTheSameSchedules()
    {
        Assert.Equal(Orders(1), Orders(1));
        Assert.NotEqual(Orders(1), Orders(2));

        static List<string> Orders(long seed)
        {
            List<string> orders = [];
            GoTest.Explore(
                async () =>
                {
                    string order = "";
                    var group = new WaitGroup();
                    for (int i = 0; i < 5; i++)
                    {
                        int number = i;
                        group.Spawn(async () =>
                        {
                            await Go.Yield();
                            order += number;
                        });
                    }

                    await group.WaitAsync();
                    orders.Add(order);
                },
                new ExploreOptions { Schedules = 50, Seed = seed });
            return orders;
        }
    }

    [Fact]
    public void Explore_SelectWithReadyCases_TakesEach()
    {
        var chosen = new HashSet<int>();
        ExploreResult result = GoTest.Explore(
            async () =>
            {
                Chan<int> a = new(1), b = new(1), c = new(1);
                await a.SendAsync(1);
                await c.SendAsync(1);
                chosen.Add(await new Select().Receive(a, out _).Receive(b, out _).Receive(c, out _).WaitAsync());
            },
            s_all);
        Assert.Equal([0, 2], chosen.Order());
        Assert.Equal(2, result.Schedules);
    }

    [Fact]
    public void Explore_TimersDueAtOnce_FireInEveryOrder()
    {
        var orders = new HashSet<string>();
        GoTest.Explore(
            async () =>
            {
                string order = "";
                Goroutine one = Go.Run(async () =>
                {
                    await Go.SleepAsync(TimeSpan.FromSeconds(1));
                    order += "1";
                });
                await Go.SleepAsync(TimeSpan.FromSeconds(1));
                order += "0";
                await one;
                orders.Add(order);
            },
            s_all);
        Assert.Equal(["01", "10"], orders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Explore_EarlyTimers_FireBeforeWhatCouldRun()
    {
        Assert.Equal([0], Chosen(early: false));
        Assert.Equal([0, 1], Chosen(early: true));

        static IEnumerable<int> Chosen(bool early)
        {
            var chosen = new HashSet<int>();
            GoTest.Explore(
                async () =>
                {
                    var value = new Chan<int>(1);
                    Goroutine sender = Go.Run(async () => await value.SendAsync(1));
                    chosen.Add(await new Select().Receive(value, out _).Timeout(TimeSpan.FromDays(1), out _).WaitAsync());
                    await sender;
                },
                new ExploreOptions { Strategy = ExploreStrategy.Exhaustive, EarlyTimers = early });
            return chosen.Order();
        }
    }

    [Fact]
    public void Explore_EarlyTimerFailure_IsRepeatedFromItsSeed()
    {
        ExplorationException found = Assert.Throws<ExplorationException>(() => GoTest.Explore(Body, new ExploreOptions { EarlyTimers = true }));
        Assert.EndsWith("+early", found.Seed, StringComparison.Ordinal);
        Assert.Equal(found.Trace, Assert.Throws<ExplorationException>(() => GoTest.Replay(found.Seed, Body)).Trace);

        static async Task Body()
        {
            var value = new Chan<int>(1);
            Goroutine sender = Go.Run(async () => await value.SendAsync(1));
            Assert.Equal(0, await new Select().Receive(value, out _).Timeout(TimeSpan.FromDays(1), out _).WaitAsync());
            await sender;
        }
    }

    [Fact]
    public void Explore_SynchronousGoroutines_AreInterleavedAtTryOperations()
    {
        var seen = new HashSet<string>();
        ExploreResult result = GoTest.Explore(
            () =>
            {
                var places = new Chan<int>(1);
                Goroutine<bool> one = Go.Run(() => places.TrySend(1));
                Goroutine<bool> two = Go.Run(() => places.TrySend(2));
                bool first = one.Join(), second = two.Join();
                seen.Add($"{first} {second} {places.Receive().Value}");
            },
            new ExploreOptions { Strategy = ExploreStrategy.Exhaustive, Schedules = 100_000 });
        Assert.True(result.Complete);
        Assert.Equal(["False True 2", "True False 1"], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Explore_SeveralOperationsAtOnce_AllEnd()
    {
        ExploreResult result = GoTest.Explore(
            static async () =>
            {
                Chan<int> a = new(), b = new();
                Goroutine other = Go.Run(async () =>
                {
                    await b.SendAsync(2);
                    await a.SendAsync(1);
                });
                Received<int>[] both = await Task.WhenAll(a.ReceiveAsync().AsTask(), b.ReceiveAsync().AsTask());
                Assert.Equal([1, 2], both.Select(static received => received.Value));
                await Task.WhenAll(Sleep(), Sleep());
                await other;

                static async Task Sleep() => await Go.SleepAsync(TimeSpan.FromHours(1));
            },
            s_all);
        Assert.True(result.Complete);
    }

    [Fact]
    public void Explore_SynchronousFormsInAsynchronousBodies_Work() => GoTest.Explore(
        static async () =>
        {
            var values = new Chan<int>(1);
            var mutex = new GoMutex();
            await Go.Yield();
            values.Send(1);
            using (mutex.Lock())
            {
                Assert.Equal(1, values.Receive().Value);
            }

            Goroutine other = Go.Run(async () => await values.SendAsync(2));
            Assert.Equal(2, values.Receive().Value);
            other.Join();
        },
        new ExploreOptions { Schedules = 20 });

    [Fact]
    public void Explore_LockAndTasksOfTheFramework_StillWork() => GoTest.Explore(
        static async () =>
        {
            var gate = new Lock();
            int count = 0;
            var done = new TaskCompletionSource();
            Goroutine one = Go.Run(() =>
            {
                lock (gate)
                {
                    count++;
                }

                done.SetResult();
            });
            await done.Task;
            lock (gate)
            {
                count++;
            }

            await Task.Delay(TimeSpan.FromHours(1), GoTest.TimeProvider);
            await one;
            Assert.Equal(2, count);
        },
        new ExploreOptions { Schedules = 30 });

    /// <summary>Such as the framework's own: who takes it at the moment must not decide who runs next.</summary>
    [Fact]
    public void Explore_LockHeldOutsideForAMoment_LetsNobodyElseRun() => GoTest.Explore(
        static async () =>
        {
            object gate = new();
            bool otherRan = false;
            using var held = new ManualResetEventSlim();
            Thread waits = Thread.CurrentThread;
            Thread holder = new(() =>
            {
                lock (gate)
                {
                    held.Set();
                    SpinWait.SpinUntil(() => (waits.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0);
                }
            });
            holder.Start();
            SpinWait.SpinUntil(() => held.IsSet);
            Goroutine<bool> other = Go.Run(() => otherRan = true);
            lock (gate)
            {
                Assert.False(otherRan);
            }

            await other;
            holder.Join();
        },
        new ExploreOptions { Schedules = 20 });

    private static async Task LostUpdate()
    {
        var mutex = new GoMutex();
        int balance = 0;
        Goroutine other = Go.Run(Deposit);
        await Deposit();
        await other;
        if (balance != 2)
        {
            throw new InvalidOperationException($"the balance is {balance}");
        }

        async ValueTask Deposit()
        {
            int before;
            using (await mutex.LockAsync())
            {
                before = balance;
            }

            using (await mutex.LockAsync())
            {
                balance = before + 1;
            }
        }
    }
}
