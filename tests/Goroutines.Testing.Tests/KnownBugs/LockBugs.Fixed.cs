namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>The programs without the bugs.</summary>
internal static partial class LockBugs
{
    internal static async Task DoubleLockFixed()
    {
        var mutex = new GoMutex();
        int count = 0;
        using (await mutex.LockAsync())
        {
            await Increment();
        }

        async ValueTask Increment()
        {
            count++;
        }
    }

    internal static async Task LockOrderFixed()
    {
        GoMutex a = new(), b = new();
        Goroutine other = Go.Run(() => Both(a, b));
        await Both(a, b);
        await other;

        static async ValueTask Both(GoMutex first, GoMutex second)
        {
            using (await first.LockAsync())
            {
                using (await second.LockAsync())
                {
                }
            }
        }
    }

    internal static async Task EarlyReturnFixed()
    {
        var mutex = new GoMutex();
        await Handle(request: 0);
        await Handle(request: 1);

        async ValueTask Handle(int request)
        {
            await mutex.LockAsync();
            if (request == 0)
            {
                mutex.Unlock();

                return;
            }

            mutex.Unlock();
        }
    }

    internal static async Task ReadTwiceFixed()
    {
        var table = new GoRWMutex();
        Goroutine writer = Go.Run(async () =>
        {
            using (await table.LockAsync())
            {
            }
        });
        using (await table.ReadLockAsync())
        {
        }

        await writer;
    }

    internal static async Task UpgradeFixed()
    {
        var table = new GoRWMutex();
        Goroutine other = Go.Run(Update);
        await Update();
        await other;

        async ValueTask Update()
        {
            Holder read = await table.ReadLockAsync();
            read.Dispose();

            using (await table.LockAsync())
            {
            }
        }
    }

    internal static async Task PhilosophersFixed()
    {
        const int Count = 3;
        GoMutex[] forks = [new(), new(), new()];
        var all = new WaitGroup();
        for (int i = 0; i < Count; i++)
        {
            int left = i, right = (i + 1) % Count;
            (int first, int second) = left > right ? (right, left) : (left, right);
            all.Spawn(async () =>
            {
                using (await forks[first].LockAsync())
                {
                    using (await forks[second].LockAsync())
                    {
                    }
                }
            });
        }

        await all.WaitAsync();
    }

    internal static async Task PortionsFixed()
    {
        var memory = new WeightedSemaphore(2);
        Goroutine other = Go.Run(Work);
        await Work();
        await other;

        async ValueTask Work()
        {
            await memory.AcquireAsync(2);

            memory.Release(2);
        }
    }
}
