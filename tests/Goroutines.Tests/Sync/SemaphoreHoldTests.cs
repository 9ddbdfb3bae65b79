using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>Holds of a semaphore, which are disposed of instead of calling <c>Release</c>.</summary>
public class SemaphoreHoldTests
{
    [Fact]
    public Task AcquireAsync_HoldDisposed_GivesTheWeightBack() => Isolated.GoAsync(static async () =>
    {
        var semaphore = new WeightedSemaphore(3);
        using (await semaphore.AcquireAsync(2))
        {
            Assert.False(semaphore.TryAcquire(2));
            Assert.False(semaphore.TryAcquire(out Holder none, 2));
            none.Dispose();
            Goroutine<Holder> waiter = Go.Run(async () => await semaphore.AcquireAsync(3));
            GoRuntime runtime = GoRuntime.Current;
            await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "semacquire"), "the other to wait");
            Go.Spawn(async () => (await waiter).Dispose());
        }

        using (await semaphore.AcquireAsync(3))
        {
        }

        Assert.True(semaphore.TryAcquire(out Holder all, 3));
        all.Dispose();
        using (semaphore.Acquire())
        {
        }

        Assert.True(semaphore.TryAcquire(3));
    });

    [Fact]
    public Task Dispose_Twice_ThrowsAndFreesNobodyElsesHold() => Isolated.GoAsync(static async () =>
    {
        var semaphore = new WeightedSemaphore(2);
        Holder first = await semaphore.AcquireAsync();
        Holder second = await semaphore.AcquireAsync();
        first.Dispose();
        Assert.Contains("released before", Assert.Throws<InvalidOperationException>(() => first.Dispose()).Message, StringComparison.Ordinal);
        Holder third = await semaphore.AcquireAsync(); // has the place of the first
        Holder copy = first;
        Assert.Throws<InvalidOperationException>(() => copy.Dispose());
        Assert.False(semaphore.TryAcquire());
        second.Dispose();
        third.Dispose();
        Assert.True(semaphore.TryAcquire(2));
    });

    [Fact]
    public Task Release_InsteadOfTheHold_WorksAsBefore() => Isolated.GoAsync(static async () =>
    {
        var semaphore = new WeightedSemaphore(2);
        Holder old = await semaphore.AcquireAsync();
        await semaphore.AcquireAsync();
        semaphore.Release(2);
        Assert.Throws<InvalidOperationException>(() => old.Dispose()); // what it stood for is released
        for (int i = 0; i < 10; i++)
        {
            await semaphore.AcquireAsync(2);
            semaphore.Release();
            semaphore.Release();
            using (await semaphore.AcquireAsync(2))
            {
                Assert.False(semaphore.TryAcquire());
            }
        }

        Assert.Throws<InvalidOperationException>(() => semaphore.Release());
    });

    /// <summary>What <c>TryAcquire</c> took without a hold may be released without one, and holds stay protected.</summary>
    [Fact]
    public Task Release_OfWhatHasNoHold_LeavesHoldsProtected() => Isolated.GoAsync(static async () =>
    {
        var semaphore = new WeightedSemaphore(4);
        Assert.True(semaphore.TryAcquire(2));
        semaphore.Release(2);
        Holder first = await semaphore.AcquireAsync();
        Holder second = await semaphore.AcquireAsync();
        first.Dispose();
        Assert.Throws<InvalidOperationException>(() => first.Dispose());
        second.Dispose();
        Assert.True(semaphore.TryAcquire(4));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task AcquireAsync_SteadyState_AllocatesNothing(bool releases) => Isolated.OneAtATimeAsync(async () =>
    {
        var semaphore = new WeightedSemaphore(2);
        await Allocations.AssertNone(async rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                Holder holder = await semaphore.AcquireAsync(2);
                if (releases)
                {
                    semaphore.Release(2);
                }
                else
                {
                    holder.Dispose();
                }
            }
        });
    });
}
