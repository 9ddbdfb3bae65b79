using Goroutines.Conformance.Tests.Sync;
using Goroutines.Tests.Support;
using Goroutines.Tests.Time;
using Xunit;

namespace Goroutines.Conformance.Tests.XSync;

/// <summary>semaphore/semaphore_test.go of golang.org/x/sync, and its example.</summary>
public class SemaphoreTests
{
    [Theory(DisplayName = "go: x/sync/semaphore/semaphore_test.go TestWeighted")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Acquire_DifferentWeights_NeverMoreThanTheSizeInAll(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Size = 4;
        var semaphore = new WeightedSemaphore(Size);
        int held = 0;
        OnStacks.Join(OnStacks.Start(Size, weight =>
        {
            for (int i = 0; i < 300; i++)
            {
                semaphore.Acquire(weight);
                Assert.InRange(Interlocked.Add(ref held, weight), weight, Size);
                Go.Wait(Go.Yield());
                Interlocked.Add(ref held, -weight);
                semaphore.Release(weight);
            }
        }));
        Assert.True(semaphore.TryAcquire(Size));
    });

    [Fact(DisplayName = "go: x/sync/semaphore/semaphore_test.go TestWeightedPanic")]
    public void Release_NotAcquired_Throws()
        => Assert.Throws<InvalidOperationException>(static () => new WeightedSemaphore(1).Release(1));

    [Fact(DisplayName = "go: x/sync/semaphore/semaphore_test.go TestWeightedTryAcquire")]
    public Task TryAcquire_SaysWhetherThereWasRoom() => OnStacks.RunAsync(1, () =>
    {
        var semaphore = new WeightedSemaphore(2);
        semaphore.Acquire(1);
        Assert.True(semaphore.TryAcquire(1));
        Assert.False(semaphore.TryAcquire(1));
        semaphore.Release(2);
        Assert.True(semaphore.TryAcquire(1));
        semaphore.Acquire(1);
        Assert.False(semaphore.TryAcquire(1));
    });

    [Fact(DisplayName = "go: x/sync/semaphore/semaphore_test.go TestWeightedAcquire")]
    public Task AcquireAsync_WithATimeout_SaysWhetherThereWasRoom() => VirtualTime.RunAsync(async clock =>
    {
        var semaphore = new WeightedSemaphore(2);
        await semaphore.AcquireAsync(1);
        Assert.True(await TryAcquire());
        Assert.False(await TryAcquire());
        semaphore.Release(2);
        Assert.True(await TryAcquire());
        await semaphore.AcquireAsync(1);
        Assert.False(await TryAcquire());

        async ValueTask<bool> TryAcquire()
        {
            using CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(10));
            Task acquiring = semaphore.AcquireAsync(1, context).AsTask();
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return await Record.ExceptionAsync(() => acquiring) switch
            {
                null => true,
                OperationCanceledException => false,
                { } other => throw other,
            };
        }
    });

    [Fact(DisplayName = "go: x/sync/semaphore/semaphore_test.go TestWeightedDoesntBlockIfTooBig")]
    public Task Acquire_MoreThanTheSize_ThrowsAndKeepsNobodyOut() => OnStacks.RunAsync(4, () =>
    {
        const int Size = 2;
        var semaphore = new WeightedSemaphore(Size);
        Go.Run(() => Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Acquire(Size + 1))).Join();
        OnStacks.Join(OnStacks.Start(3 * Size, _ =>
        {
            semaphore.Acquire(1);
            Go.Wait(Go.Yield());
            semaphore.Release(1);
        }));
    });

    [Theory(DisplayName = "go: x/sync/semaphore/semaphore_test.go TestLargeAcquireDoesntStarve")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Acquire_All_ComesThroughAmongManySmall(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Size = 4;
        var semaphore = new WeightedSemaphore(Size);
        bool running = true;
        semaphore.Acquire(Size);
        Goroutine[] users = OnStacks.Start(Size, _ =>
        {
            while (Volatile.Read(ref running))
            {
                Go.Wait(Go.Yield());
                semaphore.Release(1);
                semaphore.Acquire(1);
            }

            semaphore.Release(1);
        });
        semaphore.Acquire(Size);
        Volatile.Write(ref running, false);
        semaphore.Release(Size);
        OnStacks.Join(users);
        Assert.True(semaphore.TryAcquire(Size));
    });

    [Theory(DisplayName = "go: x/sync/semaphore/semaphore_test.go TestAllocCancelDoesntStarve")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Cancel_OfTheFirstInLine_LetsTheNextOneIn(int maxProcs) => Isolated.GoAsync(maxProcs, static async () =>
    {
        for (int round = 0; round < 50; round++)
        {
            var semaphore = new WeightedSemaphore(10);
            await semaphore.AcquireAsync(1);
            CancelContext context = GoContext.Background.WithCancel();
            Goroutine<Holder> large = Go.Run(async () => await semaphore.AcquireAsync(10, context));
            await UntilOneWaits(semaphore);
            Goroutine cancel = Go.Run(() =>
            {
                context.Cancel();
                return default(ValueTask);
            });
            await semaphore.AcquireAsync(1);
            semaphore.Release(2);
            await cancel;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await large);
            Assert.True(semaphore.TryAcquire(10));
        }
    });

    [Theory(DisplayName = "go: x/sync/semaphore/semaphore_test.go TestWeightedAcquireCanceled")]
    [InlineData(1)]
    [InlineData(4)]
    public Task AcquireAsync_CancelledJustBeforeThereIsRoom_HoldsNothing(int maxProcs) => Isolated.GoAsync(maxProcs, static async () =>
    {
        int cancelled = 0;
        for (int round = 0; round < 50; round++)
        {
            var semaphore = new WeightedSemaphore(2);
            CancelContext context = GoContext.Background.WithCancel();
            await semaphore.AcquireAsync(1);
            Goroutine other = Go.Run(async () =>
            {
                await UntilOneWaits(semaphore);
                context.Cancel();
                semaphore.Release(1);
            });
            try
            {
                await semaphore.AcquireAsync(2, context);
                semaphore.Release(2); // it queued just before, and had not begun to listen to the token when the room came
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            await other;
            Assert.True(semaphore.TryAcquire(2), "What was not acquired is held all the same.");
            semaphore.Release(2);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await semaphore.AcquireAsync(1, context));
            Assert.True(semaphore.TryAcquire(2));
        }

        Assert.NotEqual(0, cancelled);
    });

    [Fact(DisplayName = "go: x/sync/semaphore/semaphore_example_test.go Example_workerPool")]
    public Task WorkerPool_LimitsTheWorkersAndWaitsForAll() => Isolated.GoAsync(4, static async () =>
    {
        int workers = Go.MaxProcs;
        var semaphore = new WeightedSemaphore(workers);
        int[] steps = new int[32];
        for (int i = 0; i < steps.Length; i++)
        {
            await semaphore.AcquireAsync();
            int index = i;
            Go.Spawn(() =>
            {
                steps[index] = CollatzSteps(index + 1);
                semaphore.Release();
                return default;
            });
        }

        await semaphore.AcquireAsync(workers);
        Assert.Equal([0, 1, 7, 2, 5, 8, 16, 3, 19, 6, 14, 9, 9, 17, 17, 4, 12, 20, 20, 7, 7, 15, 15, 10, 23, 10, 111, 18, 18, 18, 106, 5], steps);

        static int CollatzSteps(int n)
        {
            int count = 0;
            for (; n > 1; count++)
            {
                n = n % 2 == 0 ? n / 2 : (3 * n) + 1;
            }

            return count;
        }
    });

    /// <summary>Waits until a goroutine waits: then nothing can be had, though there is room.</summary>
    private static async ValueTask UntilOneWaits(WeightedSemaphore semaphore)
    {
        while (semaphore.TryAcquire())
        {
            semaphore.Release();
            await Go.Yield();
        }
    }
}
