using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>Nothing is allocated by locks and waits in the long run.</summary>
public class SyncAllocationTests
{
    [Fact]
    public Task GoMutex_Uncontended_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var mutex = new GoMutex();
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                using (await mutex.LockAsync())
                {
                }

                mutex.TryLock(out Holder holder);
                holder.Dispose();
                mutex.Lock();
                mutex.Unlock();
            }
        });
    });

    [Fact]
    public Task Once_Done_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var once = new Once();
        int runs = 0;
        Action action = () => runs++;
        Func<Task> task = () => Task.FromResult(runs++);
        Func<ValueTask> valueTask = () => new ValueTask(task());
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                once.Do(action);
                await once.DoAsync(action);
                await once.DoAsync(task);
                await once.DoAsync(valueTask);
            }
        });
        Assert.Equal(1, runs);
    });

    [Fact]
    public Task GoMutex_Contended_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var mutex = new GoMutex();
        using var stop = new CancellationTokenSource();
        Goroutine other = Go.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using (await mutex.LockAsync())
                {
                    await Go.Yield();
                }
            }
        });
        int waits = 0;
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                ValueTask<Holder> locking = mutex.LockAsync();
                waits += locking.IsCompleted ? 0 : 1;
                using (await locking)
                {
                    await Go.Yield();
                }
            }
        });
        Assert.NotEqual(0, waits);
        await stop.CancelAsync();
        await other;
    });

    [Fact]
    public Task GoMutex_ContendedWithAToken_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var mutex = new GoMutex();
        using var stop = new CancellationTokenSource();
        using var token = new CancellationTokenSource();
        Goroutine other = Go.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using (await mutex.LockAsync(token.Token))
                {
                    await Go.Yield();
                }
            }
        });
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                using (await mutex.LockAsync(token.Token))
                {
                    await Go.Yield();
                }
            }
        });
        await stop.CancelAsync();
        await other;
    });

    [Fact]
    public Task GoRWMutex_UncontendedAndContended_AllocatesNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var mutex = new GoRWMutex();
        using var stop = new CancellationTokenSource();
        Goroutine other = Go.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using (await mutex.LockAsync())
                {
                    await Go.Yield();
                }
            }
        });
        int waits = 0;
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                ValueTask<Holder> locking = mutex.ReadLockAsync();
                waits += locking.IsCompleted ? 0 : 1;
                using (await locking)
                {
                    await Go.Yield();
                }

                using (await mutex.LockAsync())
                {
                }
            }
        });
        Assert.NotEqual(0, waits);
        await stop.CancelAsync();
        await other;
    });

    [Fact]
    public Task WaitGroupCondAndSemaphore_InALoop_AllocateNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var group = new WaitGroup();
        var mutex = new GoMutex();
        var changed = new GoCond(mutex);
        var semaphore = new WeightedSemaphore(1);
        int asked = 0;
        bool stop = false;
        Goroutine other = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                for (int seen = 0; ; seen++)
                {
                    while (asked == seen)
                    {
                        await changed.WaitAsync();
                    }

                    if (stop)
                    {
                        return;
                    }

                    await semaphore.AcquireAsync();
                    semaphore.Release();
                    group.Done();
                }
            }
        });
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                group.Add(1);
                await semaphore.AcquireAsync();
                using (await mutex.LockAsync())
                {
                    asked++;
                    changed.Signal();
                }

                await Go.Yield();
                semaphore.Release();
                await group.WaitAsync();
            }
        });
        using (await mutex.LockAsync())
        {
            stop = true;
            asked++;
            changed.Broadcast();
        }

        await other;
    });

    [Fact]
    public Task GoBarrier_PhasesWithAToken_AllocateNothing() => Isolated.OneAtATimeAsync(async () =>
    {
        var barrier = new GoBarrier(2);
        using var token = new CancellationTokenSource();
        bool stop = false;
        int waits = 0;
        Goroutine other = Go.Run(async () =>
        {
            while (!stop)
            {
                await barrier.WaitAsync(token.Token);
            }
        });
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                ValueTask<bool> arrival = barrier.WaitAsync(token.Token);
                waits += arrival.IsCompleted ? 0 : 1;
                await arrival;
            }
        });
        Assert.NotEqual(0, waits);
        stop = true;
        await barrier.WaitAsync(token.Token);
        await other;
    });
}
