using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="WeightedSemaphore"/> promises wherever it is used. x/sync's semaphore_test.go is among it, named where it is.</summary>
public abstract class WeightedSemaphoreTests(Place place)
{
    [Fact(DisplayName = "TestWeighted")]
    public Task Hammer_WithAllWeights_NeverExceedsTheSize() => place.Run(async () =>
    {
        const int Size = 5;
        var semaphore = new WeightedSemaphore(Size);
        int held = 0;
        await Task.WhenAll(Enumerable.Range(0, Size + 1).Select(weight => place.Start(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await semaphore.AcquireAsync(weight);
                Assert.InRange(Interlocked.Add(ref held, weight), 0, Size);
                await Go.Yield();
                Interlocked.Add(ref held, -weight);
                semaphore.Release(weight);
            }
        })));
        Assert.True(semaphore.TryAcquire(Size));
    });

    [Fact(DisplayName = "TestWeightedPanic")]
    public Task Release_MoreThanHeld_ThrowsAndChangesNothing() => place.Run(async () =>
    {
        var semaphore = new WeightedSemaphore(3);
        Assert.Equal("semaphore: released more than held", Assert.Throws<InvalidOperationException>(() => semaphore.Release()).Message);
        await semaphore.AcquireAsync(2);
        Assert.Throws<InvalidOperationException>(() => semaphore.Release(3));
        Assert.True(semaphore.TryAcquire());
        Assert.False(semaphore.TryAcquire());
    });

    [Fact(DisplayName = "TestWeightedTryAcquire")]
    public Task TryAcquire_SucceedsWhileThereIsRoom() => place.Run(async () =>
    {
        var semaphore = new WeightedSemaphore(2);
        await semaphore.AcquireAsync(1);
        Assert.True(semaphore.TryAcquire(1));
        Assert.False(semaphore.TryAcquire(1));
        semaphore.Release(2);
        Assert.True(semaphore.TryAcquire(1));
        await semaphore.AcquireAsync(1);
        Assert.False(semaphore.TryAcquire(1));
    });

    [Fact(DisplayName = "TestWeightedAcquire")]
    public Task AcquireAsync_Cancelled_HoldsNothing() => place.Run(async () =>
    {
        var semaphore = new WeightedSemaphore(2);
        await semaphore.AcquireAsync(1);
        await semaphore.AcquireAsync(1);
        using var source = new CancellationTokenSource();
        Task cancelled = semaphore.AcquireAsync(1, source.Token).AsTask();
        await source.CancelAsync();
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(source.Token, thrown.CancellationToken);
        semaphore.Release(2);
        Assert.True(semaphore.TryAcquire(2));
        semaphore.Release(2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => semaphore.AcquireAsync(1, source.Token).AsTask());
        Assert.True(semaphore.TryAcquire(2));
    });

    [Fact(DisplayName = "TestWeightedDoesntBlockIfTooBig")]
    public Task AcquireAsync_MoreThanTheSize_ThrowsAndBlocksNobody() => place.Run(async () =>
    {
        var semaphore = new WeightedSemaphore(2);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await semaphore.AcquireAsync(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.TryAcquire(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Acquire(3));
        await semaphore.AcquireAsync(2);
        semaphore.Release(2);
    });

    [Fact(DisplayName = "TestLargeAcquireDoesntStarve")]
    public Task AcquireAsync_Large_IsNotOvertaken() => place.Run(async () =>
    {
        const int Size = 4;
        var semaphore = new WeightedSemaphore(Size);
        bool running = true;
        List<Task> users = [];
        for (int i = 0; i < Size; i++)
        {
            await semaphore.AcquireAsync();
            users.Add(place.Start(async () =>
            {
                while (Volatile.Read(ref running))
                {
                    await Go.Yield();
                    semaphore.Release();
                    await semaphore.AcquireAsync();
                }

                semaphore.Release();
            }));
        }

        await semaphore.AcquireAsync(Size);
        Volatile.Write(ref running, false);
        semaphore.Release(Size);
        await Task.WhenAll(users);
    });

    [Fact]
    public Task Waiters_AreServedInTheOrderTheyCame_AndTryDoesNotOvertake() => place.Run(async () =>
    {
        var semaphore = new WeightedSemaphore(3);
        await semaphore.AcquireAsync(2);
        Task large = semaphore.AcquireAsync(3).AsTask();
        Task small = semaphore.AcquireAsync(1).AsTask();
        Task none = semaphore.AcquireAsync(0).AsTask();
        Assert.False(semaphore.TryAcquire(1));
        semaphore.Release(2);
        await large;
        Assert.False(small.IsCompleted);
        Assert.False(none.IsCompleted);
        semaphore.Release(2);
        await small;
        await none;
        Assert.True(semaphore.TryAcquire(1));
    });

    [Fact(DisplayName = "TestAllocCancelDoesntStarve")]
    public Task AcquireAsync_TheFirstInLineIsCancelled_ThoseBehindGoOn() => place.Run(async () =>
    {
        var semaphore = new WeightedSemaphore(10);
        await semaphore.AcquireAsync(1);
        using var source = new CancellationTokenSource();
        Task large = semaphore.AcquireAsync(10, source.Token).AsTask();
        Task small = semaphore.AcquireAsync(1).AsTask();
        Assert.False(small.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await small;
        semaphore.Release(2);
        Assert.True(semaphore.TryAcquire(10));
    });

    [Fact]
    public Task BadWeightsAndSizes_Throw() => place.Run(async () =>
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightedSemaphore(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightedSemaphore(-1));
        var semaphore = new WeightedSemaphore(long.MaxValue);
        Assert.Equal(long.MaxValue, semaphore.Size);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await semaphore.AcquireAsync(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.TryAcquire(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Release(-1));
        await semaphore.AcquireAsync(long.MaxValue);
        Assert.False(semaphore.TryAcquire());
        semaphore.Release(long.MaxValue);
        await semaphore.AcquireAsync(0);
        semaphore.Release(0);
    });

    [Fact]
    public Task Acquire_Synchronous_WaitsForARelease() => place.Run(async () =>
    {
        var semaphore = new WeightedSemaphore(1);
        await semaphore.AcquireAsync();
        int order = 0;
        Task thread = PlainThread.Run(() =>
        {
            semaphore.Acquire();
            Assert.Equal(1, Volatile.Read(ref order));
            semaphore.Release();
        });
        Volatile.Write(ref order, 1);
        semaphore.Release();
        await thread;
        Assert.True(semaphore.TryAcquire());
    });
}

public sealed class WeightedSemaphoreInPoolTests() : WeightedSemaphoreTests(Place.Pool);

public sealed class WeightedSemaphoreInGoroutineTests() : WeightedSemaphoreTests(Place.Goroutine);
