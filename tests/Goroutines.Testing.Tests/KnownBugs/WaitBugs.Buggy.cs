#pragma warning disable GOR301, GOR302, GOR304, GOR305, GOR306, GOR309 // the bugs that the rules find
namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>The programs with the bugs.</summary>
internal static partial class WaitBugs
{
    internal static async Task LostSignalBuggy()
    {
        var mutex = new GoMutex();
        var changed = new GoCond(mutex);
        Goroutine setter = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                // Here is what is waited for, and nothing says so.
            }

            changed.Signal();
        });
        using (await mutex.LockAsync())
        {
            await changed.WaitAsync();
        }

        await setter;
    }

    internal static async Task SignalOneBuggy()
    {
        var mutex = new GoMutex();
        var changed = new GoCond(mutex);
        int turn = 0;
        Goroutine one = Go.Run(() => Wait(1)), two = Go.Run(() => Wait(2));
        for (int i = 1; i <= 2; i++)
        {
            using (await mutex.LockAsync())
            {
                turn = i;
                changed.Signal();
            }

            await (i == 1 ? one : two);
        }

        async ValueTask Wait(int mine)
        {
            using (await mutex.LockAsync())
            {
                while (turn != mine)
                {
                    await changed.WaitAsync();
                }
            }
        }
    }

    internal static async Task IfInsteadOfWhileBuggy()
    {
        var mutex = new GoMutex();
        var notEmpty = new GoCond(mutex);
        var items = new Queue<int>();
        Goroutine one = Go.Run(Take), two = Go.Run(Take);
        for (int i = 0; i < 2; i++)
        {
            using (await mutex.LockAsync())
            {
                items.Enqueue(i);
                notEmpty.Broadcast();
            }
        }

        await one;
        await two;

        async ValueTask Take()
        {
            using (await mutex.LockAsync())
            {
                if (items.Count == 0)
                {
                    await notEmpty.WaitAsync();
                }

                items.Dequeue();
            }
        }
    }

    internal static async Task WaitInLoopBuggy()
    {
        var all = new WaitGroup();
        all.Add(2);
        for (int i = 0; i < 2; i++)
        {
            Go.Spawn(async () =>
            {
                await Go.Yield();
                all.Done();
            });
            await all.WaitAsync();
        }

        await all.WaitAsync();
    }

    internal static async Task MissingDoneBuggy()
    {
        var all = new WaitGroup();
        for (int i = 0; i < 2; i++)
        {
            int number = i;
            all.Add(1);
            Go.Spawn(async () =>
            {
                await Go.Yield();
                if (number == 1)
                {
                    return;
                }

                all.Done();
            });
        }

        await all.WaitAsync();
    }

    internal static async Task AddInsideBuggy()
    {
        var all = new WaitGroup();
        int done = 0;
        for (int i = 0; i < 2; i++)
        {
            Go.Spawn(async () =>
            {
                all.Add(1);

                await Go.Yield();
                Interlocked.Increment(ref done);
                all.Done();
            });
        }

        await all.WaitAsync();
        if (done != 2)
        {
            throw new InvalidOperationException($"only {done} are done");
        }
    }

    internal static async Task SemaphoreLeakBuggy()
    {
        var connections = new WeightedSemaphore(2);
        for (int i = 0; i < 3; i++)
        {
            await connections.AcquireAsync();
            bool fails = i < 2;
            if (!fails)
            {
                connections.Release();
            }
        }
    }

    internal static async Task RecursiveOnceBuggy()
    {
        var once = new Once();
        await once.DoAsync(Initialize);

        async ValueTask Initialize()
        {
            await Go.Yield();
            await once.DoAsync(Initialize);
        }
    }

    internal static async Task CrossedOnceBuggy()
    {
        Once a = new(), b = new();
        Goroutine other = Go.Run(() => b.DoAsync(async () =>
        {
            await Go.Yield();
            await a.DoAsync(static () => default);
        }));
        await a.DoAsync(() => b.DoAsync(static () => default));
        await other;
    }
}
