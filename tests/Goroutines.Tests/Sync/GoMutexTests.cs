using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="GoMutex"/> promises wherever it is used. Go's sync/mutex_test.go is among it, named where it is.</summary>
public abstract class GoMutexTests(Place place)
{
    [Fact]
    public Task LockAsync_Free_IsHeldAtOnce() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        ValueTask<Holder> locking = mutex.LockAsync();
        Assert.True(locking.IsCompletedSuccessfully);
        Holder holder = await locking;
        Assert.False(mutex.TryLock(out Holder none));
        Assert.Equal(default, none);
        holder.Dispose();
        Assert.True(mutex.TryLock(out holder));
        holder.Dispose();
    });

    [Fact(DisplayName = "TestMutex: TryLock")]
    public Task TryLock_SucceedsOnlyWhenUnlocked() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        await mutex.LockAsync();
        Assert.False(mutex.TryLock(out _));
        mutex.Unlock();
        Assert.True(mutex.TryLock(out _));
        mutex.Unlock();
    });

    [Fact(DisplayName = "TestMutex: HammerMutex")]
    public Task Hammer_TenUsers_EndWithAFreeMutex() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => place.Start(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                if (i % 3 == 0)
                {
                    if (mutex.TryLock(out Holder tried))
                    {
                        tried.Dispose();
                    }

                    continue;
                }

                await mutex.LockAsync();
                mutex.Unlock();
            }
        })));
        Assert.True(mutex.TryLock(out _));
    });

    [Fact(DisplayName = "TestSemaphore: a mutex with yields inside")]
    public Task LockAsync_HeldAcrossAwaits_ExcludesAllOthers() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        int inside = 0;
        int count = 0;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => place.Start(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                using (await mutex.LockAsync())
                {
                    Assert.Equal(1, ++inside);
                    await Go.Yield();
                    Assert.Equal(0, --inside);
                    count++;
                }
            }
        })));
        Assert.Equal(2000, count);
    });

    [Fact]
    public Task LockAsync_Held_WaitsForUnlock() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        Holder first = await mutex.LockAsync();
        ValueTask<Holder> second = mutex.LockAsync();
        Assert.False(second.IsCompleted);
        first.Dispose();
        using (await second)
        {
            Assert.False(mutex.TryLock(out _));
        }

        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task LockAsync_TwoPendingOfOneCaller_AreServedInTurn() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        Holder first = await mutex.LockAsync();
        Task<Holder> second = mutex.LockAsync().AsTask();
        Task<Holder> third = mutex.LockAsync().AsTask();
        first.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    [Fact(DisplayName = "TestMutexMisuse: Mutex.Unlock, Mutex.Unlock2")]
    public Task Unlock_NotLocked_Throws() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        Assert.Contains("unlocked", Assert.Throws<InvalidOperationException>(mutex.Unlock).Message, StringComparison.Ordinal);
        await mutex.LockAsync();
        mutex.Unlock();
        Assert.Contains("unlocked", Assert.Throws<InvalidOperationException>(mutex.Unlock).Message, StringComparison.Ordinal);
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task Dispose_Twice_ThrowsAndFreesNobodyElse() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        Holder first = await mutex.LockAsync();
        Holder copy = first;
        first.Dispose();
        Assert.Throws<InvalidOperationException>(copy.Dispose);

        Holder second = await mutex.LockAsync();
        Assert.Throws<InvalidOperationException>(first.Dispose);
        Assert.False(mutex.TryLock(out _));

        // The same with a goroutine waiting, where unlocking takes the other way.
        ValueTask<Holder> third = mutex.LockAsync();
        Assert.Throws<InvalidOperationException>(copy.Dispose);
        Assert.False(third.IsCompleted);
        second.Dispose();
        (await third).Dispose();
        Assert.Throws<InvalidOperationException>(second.Dispose);
    });

    [Fact]
    public Task Dispose_AfterUnlock_Throws() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        Holder holder = await mutex.LockAsync();
        mutex.Unlock();
        Assert.Throws<InvalidOperationException>(holder.Dispose);
    });

    [Fact]
    public void Dispose_DefaultHolder_DoesNothing() => default(Holder).Dispose();

    [Fact]
    public Task Holders_AreEqualWhenTheyStandForOneHold() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        Holder first = await mutex.LockAsync();
        Holder copy = first;
        Assert.True(first == copy);
        Assert.Equal(first.GetHashCode(), copy.GetHashCode());
        first.Dispose();
        Holder second = await mutex.LockAsync();
        Assert.True(first != second);
    });

    [Fact]
    public Task LockAsync_TokenCancelledBefore_ThrowsAndLeavesAFreeMutexFree() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var token = new CancellationToken(canceled: true);
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mutex.LockAsync(token).AsTask());
        Assert.Equal(token, thrown.CancellationToken);
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task LockAsync_CancelledWhileWaiting_ThrowsAndTheNextGoesOn() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        using var source = new CancellationTokenSource();
        Holder held = await mutex.LockAsync();
        Task<Holder> cancelled = mutex.LockAsync(source.Token).AsTask();
        Task<Holder> next = mutex.LockAsync().AsTask();
        await source.CancelAsync();
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.False(next.IsCompleted);
        held.Dispose();
        (await next).Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task LockAsync_TheOnlyWaiterIsCancelled_UnlockLeavesAFreeMutex() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        using var source = new CancellationTokenSource();
        Holder held = await mutex.LockAsync();
        Task<Holder> cancelled = mutex.LockAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        held.Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task LockAsync_CancelledAfterUnlock_KeepsTheLock() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        using var source = new CancellationTokenSource();
        Holder held = await mutex.LockAsync();
        Task<Holder> waiting = mutex.LockAsync(source.Token).AsTask();
        held.Dispose();
        await source.CancelAsync();
        (await waiting).Dispose();
    });

    [Fact]
    public Task LockAsync_AwaitedTwice_Throws() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        Holder held = await mutex.LockAsync();
        ValueTask<Holder> waiting = mutex.LockAsync();
        held.Dispose();
        (await waiting).Dispose();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await waiting);
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task LockAsync_ConfiguredAwaitFalse_GetsTheLock() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        Holder held = await mutex.LockAsync();
        Task user = place.Start(async () =>
        {
            Holder mine = await mutex.LockAsync().ConfigureAwait(false);
            mine.Dispose();
        });
        await Go.SleepAsync(TimeSpan.Zero);
        held.Dispose();
        await user;
    });

    [Fact]
    public Task Lock_Synchronous_ExcludesAsynchronousOnes() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        int count = 0;
        Task threads = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => PlainThread.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                using (mutex.Lock())
                {
                    count++;
                }
            }
        })));
        for (int i = 0; i < 500; i++)
        {
            using (await mutex.LockAsync())
            {
                count++;
                await Go.Yield();
            }
        }

        await threads;
        Assert.Equal(1500, count);
    });
}

public sealed class GoMutexInPoolTests() : GoMutexTests(Place.Pool);

public sealed class GoMutexInGoroutineTests() : GoMutexTests(Place.Goroutine);
