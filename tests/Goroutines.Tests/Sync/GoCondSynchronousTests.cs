using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>The synchronous form of waiting for a condition.</summary>
public abstract class GoCondSynchronousTests(Place place)
{
    [Fact]
    public Task Wait_Synchronous_HoldsTheMutexAgain() => place.Run(async () =>
    {
        var mutex = new GoMutex();
        var cond = new GoCond(mutex);
        bool ready = false;
        Task thread = PlainThread.Run(() =>
        {
            using (mutex.Lock())
            {
                while (!ready)
                {
                    cond.Wait();
                }

                Assert.False(mutex.TryLock(out _));
            }
        });
        using (await mutex.LockAsync())
        {
            ready = true;
            cond.Signal();
        }

        await thread;
        Assert.True(mutex.TryLock(out _));
    });
}

public sealed class GoCondSynchronousInPoolTests() : GoCondSynchronousTests(Place.Pool);

public sealed class GoCondSynchronousInGoroutineTests() : GoCondSynchronousTests(Place.Goroutine);
