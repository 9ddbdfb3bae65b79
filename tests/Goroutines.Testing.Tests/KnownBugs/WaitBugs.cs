namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Waits for conditions, groups, once and semaphores that are never over.</summary>
internal static class WaitBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("lost signal of a condition", FailureKind.Deadlock, 20, () => LostSignal(looks: false), () => LostSignal(looks: true)),
        new("signal where a broadcast is needed", FailureKind.Deadlock, 50, () => SignalOne(broadcasts: false), () => SignalOne(broadcasts: true)),
        new("condition not looked at again", FailureKind.Exception, 100, () => IfInsteadOfWhile(loops: false), () => IfInsteadOfWhile(loops: true)),
        new("wait for a group inside the loop that starts it", FailureKind.Deadlock, 1, () => WaitInLoop(inside: true), () => WaitInLoop(inside: false)),
        new("done left out on the path of an error", FailureKind.Deadlock, 1, () => MissingDone(always: false), () => MissingDone(always: true)),
        new("count added inside the goroutine", FailureKind.Exception, 20, () => AddInside(inside: true), () => AddInside(inside: false)),
        new("semaphore not released on the path of an error", FailureKind.Deadlock, 1, () => SemaphoreLeak(always: false), () => SemaphoreLeak(always: true)),
        new("once that calls itself", FailureKind.Deadlock, 1, () => RecursiveOnce(recursive: true), () => RecursiveOnce(recursive: false)),
        new("once of two that call each other", FailureKind.Deadlock, 50, () => CrossedOnce(crossed: true), () => CrossedOnce(crossed: false)),
    ];

    private static async Task LostSignal(bool looks)
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
            while (!looks || !ready)
            {
                await changed.WaitAsync();
                if (!looks)
                {
                    break;
                }
            }
        }

        await setter;
    }

    private static async Task SignalOne(bool broadcasts)
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
                if (broadcasts)
                {
                    changed.Broadcast();
                }
                else
                {
                    changed.Signal();
                }
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

    private static async Task IfInsteadOfWhile(bool loops)
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
                    while (loops && items.Count == 0)
                    {
                        await notEmpty.WaitAsync();
                    }
                }

                items.Dequeue();
            }
        }
    }

    private static async Task WaitInLoop(bool inside)
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
            if (inside)
            {
                await all.WaitAsync();
            }
        }

        await all.WaitAsync();
    }

    private static async Task MissingDone(bool always)
    {
        var all = new WaitGroup();
        for (int i = 0; i < 2; i++)
        {
            int number = i;
            all.Add(1);
            Go.Spawn(async () =>
            {
                await Go.Yield();
                if (number == 1 && !always)
                {
                    return;
                }

                all.Done();
            });
        }

        await all.WaitAsync();
    }

    private static async Task AddInside(bool inside)
    {
        var all = new WaitGroup();
        int done = 0;
        for (int i = 0; i < 2; i++)
        {
            if (!inside)
            {
                all.Add(1);
            }

            Go.Spawn(async () =>
            {
                if (inside)
                {
                    all.Add(1);
                }

                await Go.Yield();
                done++;
                all.Done();
            });
        }

        await all.WaitAsync();
        if (done != 2)
        {
            throw new InvalidOperationException($"only {done} are done");
        }
    }

    private static async Task SemaphoreLeak(bool always)
    {
        var connections = new WeightedSemaphore(2);
        for (int i = 0; i < 3; i++)
        {
            await connections.AcquireAsync();
            bool fails = i < 2;
            if (!fails || always)
            {
                connections.Release();
            }
        }
    }

    private static async Task RecursiveOnce(bool recursive)
    {
        var once = new Once();
        await once.DoAsync(Initialize);

        async ValueTask Initialize()
        {
            await Go.Yield();
            if (recursive)
            {
                await once.DoAsync(Initialize);
            }
        }
    }

    private static async Task CrossedOnce(bool crossed)
    {
        Once a = new(), b = new();
        Goroutine other = Go.Run(() => b.DoAsync(async () =>
        {
            await Go.Yield();
            if (crossed)
            {
                await a.DoAsync(static () => default);
            }
        }));
        await a.DoAsync(() => b.DoAsync(static () => default));
        await other;
    }
}
