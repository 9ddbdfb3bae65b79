using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="GoCond"/> promises wherever it is used. Go's sync/cond_test.go is among it, named where it is.</summary>
public abstract class GoCondTests(Place place)
{
    [Fact(DisplayName = "TestCondSignal")]
    public Task Signal_WakesOneAtATime() => place.Run(async () =>
    {
        const int Waiters = 2;
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        var running = new Chan<bool>(Waiters);
        var awake = new Chan<bool>(Waiters);
        Task all = Task.WhenAll(Enumerable.Range(0, Waiters).Select(_ => place.Start(async () =>
        {
            using (await mutex.LockAsync())
            {
                await running.SendAsync(true);
                await cond.WaitAsync();
                await awake.SendAsync(true);
            }
        })));
        for (int i = 0; i < Waiters; i++)
        {
            await running.ReceiveAsync();
        }
        for (int i = 0; i < Waiters; i++)
        {
            Assert.False(awake.TryReceive(out _), "Somebody is awake without a signal.");
            using (await mutex.LockAsync())
            {
                cond.Signal();
            }

            await awake.ReceiveAsync();
            Assert.False(awake.TryReceive(out _), "A signal woke two.");
        }

        await all;
        cond.Signal();
    });

    [Fact(DisplayName = "TestCondSignalGenerations")]
    public Task Signal_WakesTheOneThatHasWaitedLongest() => place.Run(async () =>
    {
        const int Generations = 100;
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        var running = new Chan<bool>(Generations);
        var awake = new Chan<int>(Generations);
        List<Task> all = [];
        for (int i = 0; i < Generations; i++)
        {
            int generation = i;
            all.Add(place.Start(async () =>
            {
                using (await mutex.LockAsync())
                {
                    await running.SendAsync(true);
                    await cond.WaitAsync();
                    await awake.SendAsync(generation);
                }
            }));
            if (i > 0)
            {
                Assert.Equal(i - 1, (await awake.ReceiveAsync()).Value);
            }

            await running.ReceiveAsync();
            using (await mutex.LockAsync())
            {
                cond.Signal();
            }
        }

        await Task.WhenAll(all);
    });

    [Fact(DisplayName = "TestCondBroadcast")]
    public Task Broadcast_WakesAllOnce() => place.Run(async () =>
    {
        const int Waiters = 50;
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        var running = new Chan<int>(Waiters);
        var awake = new Chan<int>(Waiters);
        bool exit = false;
        Task all = Task.WhenAll(Enumerable.Range(0, Waiters).Select(waiter => place.Start(async () =>
        {
            using (await mutex.LockAsync())
            {
                while (!exit)
                {
                    await running.SendAsync(waiter);
                    await cond.WaitAsync();
                    await awake.SendAsync(waiter);
                }
            }
        })));
        for (int round = 0; round < Waiters; round++)
        {
            for (int i = 0; i < Waiters; i++)
            {
                await running.ReceiveAsync();
            }

            using (await mutex.LockAsync())
            {
                exit = round == Waiters - 1;
                Assert.False(awake.TryReceive(out _), "Somebody is awake without a broadcast.");
                cond.Broadcast();
            }

            HashSet<int> seen = [];
            for (int i = 0; i < Waiters; i++)
            {
                Assert.True(seen.Add((await awake.ReceiveAsync()).Value), "One was woken twice.");
            }
        }

        await all;
        Assert.False(running.TryReceive(out _));
        cond.Broadcast();
    });

    [Fact(DisplayName = "TestRace")]
    public Task ThreeThatPassAValueOn_SeeEachOthersWrites() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        int x = 0;
        Task first = place.Start(async () =>
        {
            using (await mutex.LockAsync())
            {
                x = 1;
                await cond.WaitAsync();
                Assert.Equal(2, x);
                x = 3;
                cond.Signal();
            }
        });
        Task second = place.Start(async () =>
        {
            while (true)
            {
                using (await mutex.LockAsync())
                {
                    if (x == 1)
                    {
                        x = 2;
                        cond.Signal();
                        return;
                    }
                }

                await Go.Yield();
            }
        });
        Task third = place.Start(async () =>
        {
            while (true)
            {
                using (await mutex.LockAsync())
                {
                    if (x == 2)
                    {
                        await cond.WaitAsync();
                        Assert.Equal(3, x);
                        return;
                    }

                    if (x == 3)
                    {
                        return;
                    }
                }

                await Go.Yield();
            }
        });
        await Task.WhenAll(first, second, third);
    });

    [Fact(DisplayName = "TestCondSignalStealing")]
    public Task Broadcast_WakesTheOneThatWaited_WhateverANewOneDoes() => place.Run(async () =>
    {
        for (int round = 0; round < 200; round++)
        {
            var mutex = new GoMutex();
            var cond = new GoCond(mutex);
            var signals = new Chan<bool>();
            Task waiter = place.Start(async () =>
            {
                using (await mutex.LockAsync())
                {
                    await signals.SendAsync(true);
                    await cond.WaitAsync();
                }

                await signals.SendAsync(true);
            });
            await signals.ReceiveAsync();
            (await mutex.LockAsync()).Dispose(); // so it waits by now

            bool done = false;
            Task broadcaster = place.Start(() =>
            {
                cond.Broadcast();
                return Task.CompletedTask;
            });
            Task late = place.Start(async () =>
            {
                using (await mutex.LockAsync())
                {
                    while (!done)
                    {
                        await cond.WaitAsync();
                    }
                }
            });
            await signals.ReceiveAsync();
            using (await mutex.LockAsync())
            {
                done = true;
            }

            cond.Broadcast();
            await Task.WhenAll(waiter, broadcaster, late);
        }
    });

    [Fact]
    public Task WaitAsync_MutexNotHeld_Throws() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        await Assert.ThrowsAsync<InvalidOperationException>(() => cond.WaitAsync().AsTask());
        Assert.True(mutex.TryLock(out Holder holder));
        holder.Dispose();
    });

    [Fact]
    public void Constructor_NoMutex_Throws() => Assert.Throws<ArgumentNullException>(() => new GoCond(null!));

    [Fact]
    public Task WaitAsync_UnlocksMeanwhile_AndTheHolderStillUnlocksAfterIt() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        Holder mine = await mutex.LockAsync();
        Task waiting = cond.WaitAsync().AsTask();
        Holder between = await mutex.LockAsync();
        Assert.Throws<InvalidOperationException>(mine.Dispose); // not ours at this moment
        cond.Signal();
        Assert.False(waiting.IsCompleted);
        between.Dispose();

        await waiting;
        Assert.False(mutex.TryLock(out _));
        mine.Dispose();
        Assert.Throws<InvalidOperationException>(mine.Dispose);
        Assert.True(mutex.TryLock(out Holder other));
        Assert.NotEqual(mine, other);
        Assert.NotEqual(between, other);
        Assert.Throws<InvalidOperationException>(mine.Dispose);
        Assert.Throws<InvalidOperationException>(between.Dispose);
        other.Dispose();
    });

    [Fact]
    public Task WaitAsync_OftenAndByTurns_EveryHolderUnlocksOnlyItsOwn() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        int turn = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(user => place.Start(async () =>
        {
            for (int round = 0; round < 50; round++)
            {
                Holder holder = await mutex.LockAsync();
                while (turn % 4 != user)
                {
                    await cond.WaitAsync();
                }

                turn++;
                cond.Broadcast();
                holder.Dispose();
                Assert.Throws<InvalidOperationException>(holder.Dispose);
            }
        })));
        Assert.Equal(200, turn);
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task WaitAsync_Cancelled_HoldsTheMutexWhenItThrows() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        using var source = new CancellationTokenSource();
        using (await mutex.LockAsync())
        {
            Task waiting = cond.WaitAsync(source.Token).AsTask();
            Holder other = await mutex.LockAsync();
            await source.CancelAsync();
            await Task.Yield();
            Assert.False(waiting.IsCompleted);
            other.Dispose();
            OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.Equal(source.Token, thrown.CancellationToken);
            Assert.False(mutex.TryLock(out _));
        }

        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task WaitAsync_TokenCancelledBefore_HoldsTheMutexWhenItThrows() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        using (await mutex.LockAsync())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cond.WaitAsync(new CancellationToken(canceled: true)).AsTask());
            Assert.False(mutex.TryLock(out _));
        }
    });

    [Fact]
    public Task WaitAsync_CancelledBeforeTheSignal_LeavesTheSignalToAnother() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        using var source = new CancellationTokenSource();
        await mutex.LockAsync();
        Task cancelled = cond.WaitAsync(source.Token).AsTask();
        await mutex.LockAsync();
        Task other = cond.WaitAsync().AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        cond.Signal();
        mutex.Unlock();
        await other;
        mutex.Unlock();
    });

    [Fact]
    public Task WaitAsync_CancelledAfterTheSignal_ReturnsNormally() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        using var source = new CancellationTokenSource();
        await mutex.LockAsync();
        Task waiting = cond.WaitAsync(source.Token).AsTask();
        using (await mutex.LockAsync())
        {
            cond.Signal();
            await source.CancelAsync();
        }

        await waiting;
        mutex.Unlock();
    });
}

public sealed class GoCondInPoolTests() : GoCondTests(Place.Pool);
public sealed class GoCondInGoroutineTests() : GoCondTests(Place.Goroutine);
