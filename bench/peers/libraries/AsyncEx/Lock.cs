using Nito.AsyncEx;

namespace Goroutines.Peers.AsyncEx;

/// <summary>mutex1, mutex8: an <see cref="AsyncLock"/> around an increment, for one task and for eight.</summary>
internal static class Lock
{
    public static async ValueTask AloneAsync(int n)
    {
        var counter = new Counter();
        await IncrementAsync(new AsyncLock(), counter, n);
        Check.Equal("mutex1", n, counter.Value);
    }

    public static async ValueTask ContendedAsync(int n)
    {
        var mutex = new AsyncLock();
        var counter = new Counter();
        var tasks = new Task[Suite.Contenders];
        for (var i = 0; i < Suite.Contenders; i++)
        {
            tasks[i] = Task.Run(() => IncrementAsync(mutex, counter, n / Suite.Contenders));
        }
        await Task.WhenAll(tasks);
        Check.Equal("mutex8", n, counter.Value);
    }

    private static async Task IncrementAsync(AsyncLock mutex, Counter counter, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using (await mutex.LockAsync())
            {
                counter.Value++;
            }
        }
    }
}
