using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>
/// Cancellation races with what ends a wait normally, and everything is counted: a wait that throws has taken nothing,
/// one that returns has, and nobody is left behind.
/// </summary>
[Collection(StressCollection.Name)]
public class SyncCancellationStressTests
{
    private const int Users = 8;

    public static TheoryData<int> MaxProcs => new(1, 2, 8);

    [Theory]
    [MemberData(nameof(MaxProcs))]
    public Task GoMutex_LocksAndCancellations_AddUp(int maxProcs) => Run(maxProcs, nameof(GoMutex_LocksAndCancellations_AddUp), async race =>
    {
        var mutex = new GoMutex();
        int guarded = 0;
        int taken = 0;
        await race.AllAsync(async (random, token) =>
        {
            using (await mutex.LockAsync(token))
            {
                guarded++;
                Interlocked.Increment(ref taken);
                await race.LingerAsync(random);
            }
        });
        Assert.Equal(taken, guarded);
        Assert.True(mutex.TryLock(out _), "The mutex was left locked.");
    });

    [Theory]
    [MemberData(nameof(MaxProcs))]
    public Task GoRWMutex_LocksAndCancellations_AddUp(int maxProcs) => Run(maxProcs, nameof(GoRWMutex_LocksAndCancellations_AddUp), async race =>
    {
        var mutex = new GoRWMutex();
        int guarded = 0;
        int written = 0;
        int readers = 0;
        await race.AllAsync(async (random, token) =>
        {
            if (random.Next(3) == 0)
            {
                using (await mutex.LockAsync(token))
                {
                    Assert.Equal(0, Volatile.Read(ref readers));
                    guarded++;
                    Interlocked.Increment(ref written);
                    await race.LingerAsync(random);
                    Assert.Equal(0, Volatile.Read(ref readers));
                }
            }
            else
            {
                using (await mutex.ReadLockAsync(token))
                {
                    Interlocked.Increment(ref readers);
                    int before = guarded;
                    await race.LingerAsync(random);
                    Assert.Equal(before, guarded);
                    Interlocked.Decrement(ref readers);
                }
            }
        });
        Assert.Equal(written, guarded);
        Assert.True(mutex.TryLock(out _), "The lock was left held.");
    });

    [Theory]
    [MemberData(nameof(MaxProcs))]
    public Task WeightedSemaphore_AcquiresAndCancellations_AddUp(int maxProcs) => Run(maxProcs, nameof(WeightedSemaphore_AcquiresAndCancellations_AddUp), async race =>
    {
        const int Size = 5;
        var semaphore = new WeightedSemaphore(Size);
        int held = 0;
        await race.AllAsync(async (random, token) =>
        {
            int weight = random.Next(Size + 1);
            await semaphore.AcquireAsync(weight, token);
            Assert.InRange(Interlocked.Add(ref held, weight), 0, Size);
            await race.LingerAsync(random);
            Interlocked.Add(ref held, -weight);
            semaphore.Release(weight);
        });
        Assert.True(semaphore.TryAcquire(Size), "Some weight was left behind.");
    });

    [Theory]
    [MemberData(nameof(MaxProcs))]
    public Task WaitGroup_WaitsAndCancellations_NobodyIsLeftBehind(int maxProcs) => Run(maxProcs, nameof(WaitGroup_WaitsAndCancellations_NobodyIsLeftBehind), async race =>
    {
        await race.AllAsync(async (random, token) =>
        {
            var group = new WaitGroup();
            group.Add(2);
            Go.Spawn(
                static group =>
                {
                    group.Done();
                    return default;
                },
                group);
            Goroutine other = Go.Run(async () => await group.WaitAsync());
            group.Done();
            try
            {
                await group.WaitAsync(token);
                Assert.Equal(0, group.Count);
            }
            finally
            {
                await other;
            }
        });
    });

    [Theory]
    [MemberData(nameof(MaxProcs))]
    public Task GoBarrier_ArrivalsAndCancellations_EachPhaseHasItsArrivals(int maxProcs) => Run(maxProcs, nameof(GoBarrier_ArrivalsAndCancellations_EachPhaseHasItsArrivals), async race =>
    {
        int cancelled = 0;
        await race.AllAsync(async (random, token) =>
        {
            var barrier = new GoBarrier(2);
            int yields = random.Next(8);
            Goroutine<bool> other = Go.Run(async () =>
            {
                for (; yields > 0; yields--)
                {
                    await Go.Yield(); // the cancellation comes before this arrival, with it, or after it
                }

                return await barrier.WaitAsync();
            });
            bool isLast;
            try
            {
                isLast = await barrier.WaitAsync(token);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancelled);
                Assert.True(token.IsCancellationRequested);
                Assert.Equal(0, barrier.Phase);
                isLast = await barrier.WaitAsync(CancellationToken.None);
            }

            Assert.NotEqual(isLast, await other);
            Assert.Equal(1, barrier.Phase);
        });
        Assert.NotEqual(0, cancelled);
    });

    [Theory]
    [MemberData(nameof(MaxProcs))]
    public Task GoCond_SignalsAndCancellations_NoSignalIsLost(int maxProcs) => Run(maxProcs, nameof(GoCond_SignalsAndCancellations_NoSignalIsLost), async race =>
    {
        // As many consumers as producers take an item each round, and are woken by one signal an item. The others only wait,
        // and go away when they are cancelled; if one of them took a signal with it, a consumer would never wake.
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        int items = 0;
        int rounds = race.Rounds;
        List<Goroutine> consumers = [];
        for (int i = 0; i < Users / 2; i++)
        {
            consumers.Add(Go.Run(async () =>
            {
                for (int round = 0; round < rounds; round++)
                {
                    using (await mutex.LockAsync())
                    {
                        while (items == 0)
                        {
                            await cond.WaitAsync();
                        }

                        items--;
                    }
                }
            }));
        }

        await race.AllAsync(
            async (random, token) =>
            {
                using (await mutex.LockAsync(CancellationToken.None))
                {
                    try
                    {
                        await cond.WaitAsync(token);
                        cond.Signal(); // it was meant for a consumer
                    }
                    finally
                    {
                        Assert.False(mutex.TryLock(out _), "The mutex is not held after the wait.");
                    }
                }
            },
            async random =>
            {
                using (await mutex.LockAsync())
                {
                    items++;
                    cond.Signal();
                }
            });
        foreach (Goroutine consumer in consumers)
        {
            await consumer;
        }

        Assert.Equal(0, items);
        Assert.True(mutex.TryLock(out _), "The mutex was left locked.");
    });

    [Theory]
    [MemberData(nameof(MaxProcs))]
    public Task SingleFlight_CallsAndCancellations_EveryoneGetsTheResultOfACall(int maxProcs) => Run(maxProcs, nameof(SingleFlight_CallsAndCancellations_EveryoneGetsTheResultOfACall), async race =>
    {
        var flights = new SingleFlight<int, int>();
        int calls = 0;
        int underWay = 0;
        await race.AllAsync(async (random, token) =>
        {
            (int value, _) = await flights.DoAsync(
                1,
                async () =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref underWay));
                    await race.LingerAsync(random);
                    Interlocked.Decrement(ref underWay);
                    return Interlocked.Increment(ref calls);
                },
                token);
            Assert.InRange(value, 1, Volatile.Read(ref calls));
        });
    });

    [Fact]
    public async Task GoMutex_GoroutinesTasksAndThreads_ShareIt()
    {
        int rounds = Load.Times(2000);
        var mutex = new GoMutex();
        int guarded = 0;
        await Isolated.RunAsync(2, async runtime =>
        {
            List<Task> all = [];
            for (int i = 0; i < 3; i++)
            {
                all.Add(runtime.Run(UseAsync).JoinAsync().AsTask());
                all.Add(Task.Run(UseAsync));
                all.Add(PlainThread.Run(Use));
                all.Add(runtime.Run(Use).JoinAsync().AsTask());
            }

            await Task.WhenAll(all);
        });
        Assert.Equal(12 * rounds, guarded);

        async Task UseAsync()
        {
            for (int i = 0; i < rounds; i++)
            {
                using (await mutex.LockAsync())
                {
                    guarded++;
                    if (i % 64 == 0)
                    {
                        await Go.Yield();
                    }
                }
            }
        }

        void Use()
        {
            for (int i = 0; i < rounds; i++)
            {
                using (mutex.Lock())
                {
                    guarded++;
                }
            }
        }
    }

    private static Task Run(int maxProcs, string name, Func<Race, Task> body)
    {
        int seed = Seed.Get(name);
        return Isolated.GoAsync(maxProcs, () => body(new Race(seed)));
    }

    /// <summary>Users that do something over and over with tokens that others cancel meanwhile.</summary>
    private sealed class Race(int seed)
    {
        public int Rounds { get; } = Load.Times(1000);

        public Task AllAsync(Func<Random, CancellationToken, Task> use) => AllAsync(use, static _ => Task.CompletedTask);

        /// <param name="use">What the users do. A cancellation may end it.</param>
        /// <param name="counterpart">What half of those who cancel do, too, once a round.</param>
        public async Task AllAsync(Func<Random, CancellationToken, Task> use, Func<Random, Task> counterpart)
        {
            List<Goroutine> all = [];
            for (int i = 0; i < Users; i++)
            {
                var tokens = new Chan<CancellationTokenSource>(1);
                var random = new Random(seed + i);
                var otherRandom = new Random(seed - i - 1);
                bool acts = i % 2 == 0;
                all.Add(Go.Run(async () =>
                {
                    for (int round = 0; round < Rounds; round++)
                    {
                        var source = new CancellationTokenSource();
                        await tokens.SendAsync(source);
                        try
                        {
                            await use(random, source.Token);
                        }
                        catch (OperationCanceledException) when (source.IsCancellationRequested)
                        {
                        }
                    }
                }));
                all.Add(Go.Run(async () =>
                {
                    for (int round = 0; round < Rounds; round++)
                    {
                        CancellationTokenSource source = (await tokens.ReceiveAsync()).Value;
                        if (acts)
                        {
                            await counterpart(otherRandom);
                        }

                        await LingerAsync(otherRandom);
                        await source.CancelAsync();
                    }
                }));
            }

            foreach (Goroutine one in all)
            {
                await one;
            }
        }

        public async ValueTask LingerAsync(Random random)
        {
            for (int yields = random.Next(4); yields > 0; yields--)
            {
                await Go.Yield();
            }
        }
    }
}
