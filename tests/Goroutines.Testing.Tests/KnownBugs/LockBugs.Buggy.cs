#pragma warning disable GOR301, GOR302 // the bugs that the rules find
namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>The programs with the bugs.</summary>
internal static partial class LockBugs
{
    internal static async Task DoubleLockBuggy()
    {
        var mutex = new GoMutex();
        int count = 0;
        using (await mutex.LockAsync())
        {
            await Increment();
        }

        async ValueTask Increment()
        {
            using (await mutex.LockAsync())
            {
                count++;
            }
        }
    }

    internal static async Task LockOrderBuggy()
    {
        GoMutex a = new(), b = new();
        Goroutine other = Go.Run(() => Both(a, b));
        await Both(b, a);
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

    internal static async Task EarlyReturnBuggy()
    {
        var mutex = new GoMutex();
        await Handle(request: 0);
        await Handle(request: 1);

        async ValueTask Handle(int request)
        {
            await mutex.LockAsync();
            if (request == 0)
            {
                return;
            }

            mutex.Unlock();
        }
    }

    internal static async Task ReadTwiceBuggy()
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
            using (await table.ReadLockAsync())
            {
            }
        }

        await writer;
    }

    internal static async Task UpgradeBuggy()
    {
        var table = new GoRWMutex();
        Goroutine other = Go.Run(Update);
        await Update();
        await other;

        async ValueTask Update()
        {
            Holder read = await table.ReadLockAsync();

            using (await table.LockAsync())
            {
            }

            read.Dispose();
        }
    }

    internal static async Task PhilosophersBuggy()
    {
        const int Count = 3;
        GoMutex[] forks = [new(), new(), new()];
        var all = new WaitGroup();
        for (int i = 0; i < Count; i++)
        {
            int left = i, right = (i + 1) % Count;
            (int first, int second) = (left, right);
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

    internal static async Task PortionsBuggy()
    {
        var memory = new WeightedSemaphore(2);
        Goroutine other = Go.Run(Work);
        await Work();
        await other;

        async ValueTask Work()
        {
            await memory.AcquireAsync();
            await memory.AcquireAsync();

            memory.Release(2);
        }
    }
}
