using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>Whose turn it is: normally the goroutine that runs, but none starves.</summary>
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
                    await Go.SleepAsync(TimeSpan.FromMicroseconds(100));
                }
            }
        });
        for (int i = 0; i < 10; i++)
        {
            await Go.SleepAsync(TimeSpan.FromMicroseconds(100));
            using (await mutex.LockAsync())
            {
            }
        }

        await stop.CancelAsync();
        await greedy;
    });

    [Fact]
    public Task NormalMode_WhoRunsMayTakeAFreeLockBeforeOneThatWaits() => Isolated.OneAtATimeAsync(async () =>
    {
        // Whether it succeeds at once depends on where the one that waits runs; in the end it must.
        var mutex = new GoMutex();
        bool overtook = false;
        for (int round = 0; round < 100 && !overtook; round++)
        {
            Holder held = await mutex.LockAsync();
            Goroutine waiter = Go.Run(async () => (await mutex.LockAsync()).Dispose());
            await UntilWaiting(1);
            held.Dispose();
            overtook = mutex.TryLock(out held);
            if (overtook)
            {
                held.Dispose();
            }

            await waiter;
        }

        Assert.True(overtook, "Every unlock handed the lock over.");
    });

    [Fact]
    public Task StarvationMode_OneThatNeverLeavesTheLockFreeForLong_LosesItAllTheSame() => Isolated.OneAtATimeAsync(async () =>
    {
        var mutex = new GoMutex();
        Holder held = await mutex.LockAsync();
        Goroutine waiter = Go.Run(async () => (await mutex.LockAsync()).Dispose());
        await UntilWaiting(1);
        await Task.Delay(3, TestContext.Current.CancellationToken);

        // With one P the waiter can't run between the two, so only an unlock that hands over can end this.
        int rounds = 0;
        for (held.Dispose(); mutex.TryLock(out held); held.Dispose())
        {
            Assert.True(++rounds < 1000, "It has waited for more than a millisecond, and still does.");
            await Go.Yield();
        }

        await waiter;
        Assert.True(mutex.TryLock(out held));
        held.Dispose();
    });

    [Fact]
    public Task Goroutines_AreServedInTheOrderTheyCame() => Isolated.OneAtATimeAsync(async () =>
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
            await UntilWaiting(i + 1);
        }

        // The first loses the lock to us once: that does not cost it its place.
        held.Dispose();
        if (mutex.TryLock(out held))
        {
            await Go.Yield();
            held.Dispose();
        }

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
    public Task CancelledWhenItIsItsTurnToTry_TheNextOneTriesInstead() => Isolated.OneAtATimeAsync(async () =>
    {
        int cancellations = 0;
        for (int round = 0; round < 100; round++)
        {
            var mutex = new GoMutex();
            using var source = new CancellationTokenSource();
            Holder held = await mutex.LockAsync();
            Goroutine first = Go.Run(async () =>
            {
                try
                {
                    (await mutex.LockAsync(source.Token)).Dispose();
                }
                catch (OperationCanceledException)
                {
                    cancellations++;
                }
            });
            await UntilWaiting(1);
            Goroutine next = Go.Run(async () => (await mutex.LockAsync()).Dispose());
            await UntilWaiting(2);

            // The first is woken to try, but as a rule does not get to it before it is cancelled.
            held.Dispose();
#pragma warning disable CA1849 // it has to happen in this turn
            source.Cancel();
#pragma warning restore CA1849
            await first;
            await next;
            Assert.True(mutex.TryLock(out _));
        }

        Assert.NotEqual(0, cancellations);
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
                            Go.Wait(Go.Yield());
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

    private static Task UntilWaiting(int count) => Poll.UntilAsync(
        () => Go.Snapshot().Count(info => info is { Status: GoroutineStatus.Waiting, WaitReason: "sync.Mutex.Lock" }) == count,
        $"{count} goroutines to wait for the mutex");
}
