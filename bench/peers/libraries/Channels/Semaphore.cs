namespace Goroutines.Peers.Channels;

/// <summary>mutex1, mutex8: a <see cref="SemaphoreSlim"/> around an increment, for one task and for eight.</summary>
internal static class Semaphore
{
    public static async ValueTask AloneAsync(int n)
    {
        using var mutex = new SemaphoreSlim(1, 1);
        Check.Equal("mutex1", n, await IncrementAsync(mutex, new Counter(), n));
    }

    public static async ValueTask ContendedAsync(int n)
    {
        using var mutex = new SemaphoreSlim(1, 1);
        var counter = new Counter();
        var tasks = new Task[Suite.Contenders];
        for (var i = 0; i < Suite.Contenders; i++)
        {
            tasks[i] = Task.Run(() => IncrementAsync(mutex, counter, n / Suite.Contenders));
        }
        await Task.WhenAll(tasks);
        Check.Equal("mutex8", n, counter.Value);
    }

    private static async Task<int> IncrementAsync(SemaphoreSlim mutex, Counter counter, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await mutex.WaitAsync();
            try
            {
                counter.Value++;
            }
            finally
            {
                mutex.Release();
            }
        }
        return counter.Value;
    }
}
