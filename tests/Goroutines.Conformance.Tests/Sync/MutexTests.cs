using Xunit;

namespace Goroutines.Conformance.Tests.Sync;

/// <summary>Go's sync/mutex_test.go.</summary>
public class MutexTests
{
    [Theory(DisplayName = "go: sync/mutex_test.go TestSemaphore")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Semaphore_OfOne_TenUsers_AllGetThrough(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        var semaphore = new WeightedSemaphore(1);
        int inside = 0;
        OnStacks.Join(OnStacks.Start(10, _ =>
        {
            for (int i = 0; i < 200; i++)
            {
                semaphore.Acquire();
                Assert.Equal(1, ++inside);
                inside--;
                semaphore.Release();
            }
        }));
        Assert.True(semaphore.TryAcquire());
    });

    [Theory(DisplayName = "go: sync/mutex_test.go TestMutex")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Lock_AndTryLock_TenUsers_ExcludeEachOther(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        var mutex = new GoMutex();
        Holder held = mutex.Lock();
        Assert.False(mutex.TryLock(out _), "TryLock of a locked mutex succeeded.");
        held.Dispose();
        Assert.True(mutex.TryLock(out held), "TryLock of a free mutex failed.");
        held.Dispose();

        int locked = 0;
        int inside = 0;
        OnStacks.Join(OnStacks.Start(10, _ =>
        {
            for (int i = 0; i < 1000; i++)
            {
                if (i % 3 == 0)
                {
                    if (mutex.TryLock(out Holder tried))
                    {
                        Count();
                        tried.Dispose();
                    }
                }
                else
                {
                    using (mutex.Lock())
                    {
                        Count();
                        locked++;
                    }
                }
            }
        }));
        Assert.Equal(10 * 666, locked);
        Assert.True(mutex.TryLock(out _));

        void Count()
        {
            Assert.Equal(1, ++inside);
            inside--;
        }
    });

    [Fact(DisplayName = "go: sync/mutex_test.go TestMutexMisuse")]
    public void Unlock_OfUnlocked_Throws()
    {
        AssertFails(static () => new GoMutex().Unlock());
        AssertFails(static () =>
        {
            var mutex = new GoMutex();
            mutex.Lock();
            mutex.Unlock();
            mutex.Unlock();
        });
        AssertFails(static () =>
        {
            var mutex = new GoRWMutex();
            Holder holder = mutex.Lock();
            holder.Dispose();
            holder.Dispose();
        });
        AssertFails(static () =>
        {
            var mutex = new GoRWMutex();
            Holder holder = mutex.ReadLock();
            holder.Dispose();
            holder.Dispose();
        });

        static void AssertFails(Action misuse)
            => Assert.Contains("unlocked", Assert.Throws<InvalidOperationException>(misuse).Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "go: sync/mutex_test.go TestMutexFairness")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Lock_HeldAlmostAlwaysByAnother_IsGotAllTheSame(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        var moment = TimeSpan.FromMicroseconds(100);
        var mutex = new GoMutex();
        bool stop = false;
        Goroutine greedy = Go.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                using (mutex.Lock())
                {
                    Go.Wait(Go.SleepAsync(moment));
                }
            }
        });
        for (int i = 0; i < 10; i++)
        {
            Go.Wait(Go.SleepAsync(moment));
            mutex.Lock().Dispose();
        }

        Volatile.Write(ref stop, true);
        greedy.Join();
    });
}
