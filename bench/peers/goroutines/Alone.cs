namespace Goroutines.Peers;

/// <summary>mutex1, rlock1, wg: one goroutine and a lock, a read lock, a WaitGroup that nobody else wants.</summary>
internal static class Alone
{
    public static async ValueTask MutexAsync(int n)
    {
        var mu = new GoMutex();
        var counter = 0;
        for (var i = 0; i < n; i++)
        {
            using (await mu.LockAsync())
            {
                counter++;
            }
        }
        if (counter != n)
        {
            throw new InvalidOperationException("mutex1: increments lost");
        }
    }

    public static async ValueTask ReadLockAsync(int n)
    {
        var mu = new GoRWMutex();
        var counter = 0;
        for (var i = 0; i < n; i++)
        {
            using (await mu.ReadLockAsync())
            {
                counter++;
            }
        }
        if (counter != n)
        {
            throw new InvalidOperationException("rlock1: increments lost");
        }
    }

    public static async ValueTask WaitGroupAsync(int n)
    {
        var wg = new WaitGroup();
        wg.Add(1);
        for (var i = 0; i < n; i++)
        {
            wg.Add(1);
            wg.Done();
        }
        wg.Done();
        await wg.WaitAsync();
    }
}
