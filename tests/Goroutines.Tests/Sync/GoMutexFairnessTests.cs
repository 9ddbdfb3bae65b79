using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>Whose turn it is: normally whoever runs, but nobody starves.</summary>
public class GoMutexFairnessTests
{
    [Theory(DisplayName = "TestMutexFairness")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public Task OneThatLocksAlmostAlways_DoesNotStarveAnother(int maxProcs) => Isolated.GoAsync(maxProcs, async () =>
    {
        var mutex = new GoMutex();
        using var stop = new CancellationTokenSource();
        Goroutine greedy = Go.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using (await mutex.LockAsync())
                {
                    await Go.Sleep(TimeSpan.FromMicroseconds(100));
                }
            }
        });
        for (int i = 0; i < 10; i++)
        {
            await Go.Sleep(TimeSpan.FromMicroseconds(100));
            using (await mutex.LockAsync())
            {
            }
        }

        await stop.CancelAsync();
        await greedy;
    });

    [Fact]
    public Task NormalMode_WhoRunsTakesAFreeLockBeforeOneThatWaits() => Isolated.GoAsync(1, async () =>
    {
        var mutex = new GoMutex();
        Holder held = await mutex.LockAsync();
        bool waiterHasIt = false;
        Goroutine waiter = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                waiterHasIt = true;
            }
        });
        await Go.Yield();
        held.Dispose();
        Assert.True(mutex.TryLock(out held));
        Assert.False(waiterHasIt);
        held.Dispose();
        await waiter;
        Assert.True(waiterHasIt);
    });

    [Fact]
    public Task StarvationMode_AfterAMillisecondUnlockHandsOver() => Isolated.GoAsync(1, async () =>
    {
        var mutex = new GoMutex();
        Holder held = await mutex.LockAsync();
        bool waiterHasIt = false;
        Goroutine waiter = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                waiterHasIt = true;
            }
        });
        await Go.Yield();
        await Task.Delay(3, TestContext.Current.CancellationToken);

        // It has waited for long enough, but notices only when it loses the race for the lock once.
        held.Dispose();
        Assert.True(mutex.TryLock(out held));
        await Go.Yield();
        held.Dispose();
        Assert.False(mutex.TryLock(out _));
        Assert.False(waiterHasIt);
        await waiter;
        Assert.True(mutex.TryLock(out held));
        held.Dispose();
    });

    [Fact]
    public Task StarvationMode_TheOnesBehindFollowInOrder() => Isolated.GoAsync(1, async () =>
    {
        var mutex = new GoMutex();
        Holder held = await mutex.LockAsync();
        List<int> order = [];
        List<Goroutine> waiters = [];
        for (int i = 0; i < 5; i++)
        {
            int waiter = i;
            waiters.Add(Go.Run(async () =>
            {
                using (await mutex.LockAsync())
                {
                    order.Add(waiter);
                }
            }));
            await Go.Yield();
        }

        await Task.Delay(3, TestContext.Current.CancellationToken);
        held.Dispose();
        Assert.True(mutex.TryLock(out held));
        await Go.Yield();
        held.Dispose();
        foreach (Goroutine waiter in waiters)
        {
            await waiter;
        }

        Assert.Equal([0, 1, 2, 3, 4], order);
    });

    [Fact]
    public async Task PlainTasks_AreServedInTheOrderTheyCame()
    {
        var mutex = new GoMutex();
        Holder held = await mutex.LockAsync(TestContext.Current.CancellationToken);
        List<Task<Holder>> waiting = [.. Enumerable.Range(0, 5).Select(_ => mutex.LockAsync().AsTask())];
        held.Dispose();
        foreach (Task<Holder> turn in waiting)
        {
            Assert.False(mutex.TryLock(out _));
            (await turn).Dispose();
        }

        Assert.True(mutex.TryLock(out _));
    }

    [Fact]
    public Task CancelledWhenItIsItsTurnToTry_TheNextOneTriesInstead() => Isolated.GoAsync(1, async () =>
    {
        var mutex = new GoMutex();
        using var source = new CancellationTokenSource();
        Holder held = await mutex.LockAsync();
        Goroutine cancelled = Go.Run(async () =>
        {
            try
            {
                // A slow machine has it starve for a millisecond, and then it is handed the mutex after all.
                (await mutex.LockAsync(source.Token)).Dispose();
            }
            catch (OperationCanceledException exception)
            {
                Assert.Equal(source.Token, exception.CancellationToken);
            }
        });
        await Go.Yield();
        Goroutine next = Go.Run(async () => (await mutex.LockAsync()).Dispose());
        await Go.Yield();

        // The first is woken to try, but does not get to it before it is cancelled.
        held.Dispose();
#pragma warning disable CA1849 // it has to happen in this turn
        source.Cancel();
#pragma warning restore CA1849
        await cancelled;
        await next;
        Assert.True(mutex.TryLock(out _));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task SynchronousBodies_ShareItWithOthers(int maxProcs) => Isolated.RunAsync(maxProcs, async runtime =>
    {
        var mutex = new GoMutex();
        int count = 0;
        List<Goroutine> users = [];
        for (int i = 0; i < 4; i++)
        {
            users.Add(runtime.Run(() =>
            {
                for (int round = 0; round < 300; round++)
                {
                    using (mutex.Lock())
                    {
                        count++;
                        if (round % 16 == 0)
                        {
                            Go.Await(Go.Yield());
                        }
                    }
                }
            }));
            users.Add(runtime.Run(async () =>
            {
                for (int round = 0; round < 300; round++)
                {
                    using (await mutex.LockAsync())
                    {
                        count++;
                        if (round % 16 == 0)
                        {
                            await Go.Yield();
                        }
                    }
                }
            }));
        }

        foreach (Goroutine user in users)
        {
            await user;
        }

        Assert.Equal(2400, count);
    });
}
