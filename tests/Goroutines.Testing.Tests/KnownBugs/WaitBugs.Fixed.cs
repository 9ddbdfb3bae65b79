namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>The programs without the bugs.</summary>
internal static partial class WaitBugs
{
    internal static async Task LostSignalFixed()
    {
        var mutex = new GoMutex();
        var changed = new GoCond(mutex);
        bool ready = false;
        Goroutine setter = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                ready = true;
            }

            changed.Signal();
        });
        using (await mutex.LockAsync())
        {
            while (!ready)
            {
                await changed.WaitAsync();
            }
        }

        await setter;
    }

    internal static async Task SignalOneFixed()
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
                changed.Broadcast();
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

    internal static async Task IfInsteadOfWhileFixed()
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
                while (items.Count == 0)
                {
                    await notEmpty.WaitAsync();
                }

                items.Dequeue();
            }
        }
    }

    internal static async Task WaitInLoopFixed()
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
        }

        await all.WaitAsync();
    }

    internal static async Task MissingDoneFixed()
    {
        var all = new WaitGroup();
        for (int i = 0; i < 2; i++)
        {
            int number = i;
            all.Add(1);
            Go.Spawn(async () =>
            {
                await Go.Yield();

                all.Done();
            });
        }

        await all.WaitAsync();
    }

    internal static async Task AddInsideFixed()
    {
        var all = new WaitGroup();
        int done = 0;
        for (int i = 0; i < 2; i++)
        {
            all.Add(1);

            Go.Spawn(async () =>
            {
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

    internal static async Task SemaphoreLeakFixed()
    {
        var connections = new WeightedSemaphore(2);
        for (int i = 0; i < 3; i++)
        {
            await connections.AcquireAsync();
            bool fails = i < 2;
            connections.Release();
        }
    }

    internal static async Task RecursiveOnceFixed()
    {
        var once = new Once();
        await once.DoAsync(Initialize);

        async ValueTask Initialize()
        {
            await Go.Yield();
        }
    }

    internal static async Task CrossedOnceFixed()
    {
        Once a = new(), b = new();
        Goroutine other = Go.Run(() => b.DoAsync(async () =>
        {
            await Go.Yield();
        }));
        await a.DoAsync(() => b.DoAsync(static () => default));
        await other;
    }
}
