using DotNext.Threading;

namespace Goroutines.Peers.DotNextThreading;

/// <summary>mutex1, mutex8: an <see cref="AsyncExclusiveLock"/> around an increment, for one task and for eight.</summary>
internal static class Lock
{
    public static async ValueTask AloneAsync(int n)
    {
        using var mutex = new AsyncExclusiveLock();
        var counter = new Counter();
        await IncrementAsync(mutex, counter, n);
        Check.Equal("mutex1", n, counter.Value);
    }

    public static async ValueTask ContendedAsync(int n)
    {
        using var mutex = new AsyncExclusiveLock { ConcurrencyLevel = Suite.Contenders };
        var counter = new Counter();
        var tasks = new Task[Suite.Contenders];
        for (var i = 0; i < Suite.Contenders; i++)
        {
            tasks[i] = Task.Run(() => IncrementAsync(mutex, counter, n / Suite.Contenders));
        }
        await Task.WhenAll(tasks);
        Check.Equal("mutex8", n, counter.Value);
    }

    private static async Task IncrementAsync(AsyncExclusiveLock mutex, Counter counter, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await mutex.AcquireAsync();
            try
            {
                counter.Value++;
            }
            finally
            {
                mutex.Release();
            }
        }
    }
}
