namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Deadlocks on locks alone.</summary>
internal static class LockBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("double lock", FailureKind.Deadlock, 1, () => DoubleLock(calleeLocks: true), () => DoubleLock(calleeLocks: false)),
        new("AB-BA", FailureKind.Deadlock, 20, () => LockOrder(inOrder: false), () => LockOrder(inOrder: true)),
        new("missing unlock on an early return", FailureKind.Deadlock, 1, () => EarlyReturn(unlocks: false), () => EarlyReturn(unlocks: true)),
        new("read lock taken twice beside a waiting writer", FailureKind.Deadlock, 50, () => ReadTwice(again: true), () => ReadTwice(again: false)),
        new("read lock turned into a write lock", FailureKind.Deadlock, 20, () => Upgrade(letsGo: false), () => Upgrade(letsGo: true)),
        new("dining philosophers", FailureKind.Deadlock, 200, () => Philosophers(inOrder: false), () => Philosophers(inOrder: true)),
        new("semaphore taken bit by bit", FailureKind.Deadlock, 20, () => Portions(atOnce: false), () => Portions(atOnce: true)),
    ];

    private static async Task DoubleLock(bool calleeLocks)
    {
        var mutex = new GoMutex();
        int count = 0;
        using (await mutex.LockAsync())
        {
            await Increment();
        }

        async ValueTask Increment()
        {
            if (calleeLocks)
            {
                using (await mutex.LockAsync())
                {
                    count++;
                }
            }
            else
            {
                count++;
            }
        }
    }

    private static async Task LockOrder(bool inOrder)
    {
        GoMutex a = new(), b = new();
        Goroutine other = Go.Run(() => Both(a, b));
        await (inOrder ? Both(a, b) : Both(b, a));
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

    private static async Task EarlyReturn(bool unlocks)
    {
        var mutex = new GoMutex();
        await Handle(request: 0);
        await Handle(request: 1);

        async ValueTask Handle(int request)
        {
            await mutex.LockAsync();
            if (request == 0)
            {
                if (unlocks)
                {
                    mutex.Unlock();
                }

                return;
            }

            mutex.Unlock();
        }
    }

    private static async Task ReadTwice(bool again)
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
            if (again)
            {
                using (await table.ReadLockAsync())
                {
                }
            }
        }

        await writer;
    }

    private static async Task Upgrade(bool letsGo)
    {
        var table = new GoRWMutex();
        Goroutine other = Go.Run(Update);
        await Update();
        await other;

        async ValueTask Update()
        {
            Holder read = await table.ReadLockAsync();
            if (letsGo)
            {
                read.Dispose();
            }

            using (await table.LockAsync())
            {
            }

            if (!letsGo)
            {
                read.Dispose();
            }
        }
    }

    private static async Task Philosophers(bool inOrder)
    {
        const int Count = 3;
        GoMutex[] forks = [new(), new(), new()];
        var all = new WaitGroup();
        for (int i = 0; i < Count; i++)
        {
            int left = i, right = (i + 1) % Count;
            (int first, int second) = inOrder && left > right ? (right, left) : (left, right);
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

    private static async Task Portions(bool atOnce)
    {
        var memory = new WeightedSemaphore(2);
        Goroutine other = Go.Run(Work);
        await Work();
        await other;

        async ValueTask Work()
        {
            if (atOnce)
            {
                await memory.AcquireAsync(2);
            }
            else
            {
                await memory.AcquireAsync();
                await memory.AcquireAsync();
            }

            memory.Release(2);
        }
    }
}
