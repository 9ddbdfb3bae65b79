using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What sync_test.go of Go's race detector checks.</summary>
[GoFile("sync_test.go")]
internal static class SyncCases
{
    internal static async Task NoRaceCond()
    {
        int x = 0;
        int condition = 0;
        GoMutex mutex = new();
        GoCond cond = new(mutex);
        Go.Spawn(async () =>
        {
            x = 1;
            using (await mutex.LockAsync())
            {
                condition = 1;
                cond.Signal();
            }
        });
        using (await mutex.LockAsync())
        {
            while (condition != 1)
            {
                await cond.WaitAsync();
            }
        }

        x = 2;
        Use(x);
    }

    internal static async Task RaceCond()
    {
        Chan<bool> done = new();
        int x = 0;
        int condition = 0;
        GoMutex mutex = new();
        GoCond cond = new(mutex);
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(Moment);
            x = 1;
            using (await mutex.LockAsync())
            {
                condition = 1;
                cond.Signal();
            }

            await Go.SleepAsync(Moment);
            using (await mutex.LockAsync())
            {
                x = 3;
            }

            await done.SendAsync(true);
        });
        using (await mutex.LockAsync())
        {
            while (condition != 1)
            {
                await cond.WaitAsync();
            }
        }

        x = 2;
        await done.ReceiveAsync();
        Use(x);
    }

    internal static async Task RaceAnnounceThreads()
    {
        const int N = 7;
        Chan<bool> done = new(N);
        int x = 0;
        Go.Spawn(async () =>
        {
            x = 1;
            x = 2;
            Go.Spawn(Second);
            await done.SendAsync(true);
        });
        await Drain(done, N);
        Use(x);

        async ValueTask Second()
        {
            x = 1;
            Go.Spawn(Third);
            Go.Spawn(Last);
            x = 2;
            await done.SendAsync(true);
        }

        async ValueTask Third()
        {
            for (int i = 0; i < 2; i++)
            {
                Go.Spawn(Last);
                await done.SendAsync(true);
            }
        }

        async ValueTask Last()
        {
            x = 1;
            await done.SendAsync(true);
        }
    }

    internal static async Task NoRaceAfterFunc1()
    {
        int i = 2;
        Chan<bool> done = new();
        GoTimer.AfterFunc(TimeSpan.Zero, Fire);
        await done.ReceiveAsync();

        async ValueTask Fire()
        {
            i--;
            if (i >= 0)
            {
                GoTimer.AfterFunc(TimeSpan.Zero, Fire);
            }
            else
            {
                await done.SendAsync(true);
            }
        }
    }

    internal static Task NoRaceAfterFunc2()
    {
        int x = 0;
        using GoTimer timer = GoTimer.AfterFunc(Moment, () =>
        {
            x = 1;
            return ValueTask.CompletedTask;
        });
        return Task.CompletedTask;
    }

    internal static async Task NoRaceAfterFunc3()
    {
        Chan<bool> done = new(1);
        int x = 0;
        GoTimer.AfterFunc(Moment, async () =>
        {
            x = 1;
            await done.SendAsync(true);
        });
        await done.ReceiveAsync();
        Use(x);
    }

    internal static async Task RaceAfterFunc3()
    {
        Chan<bool> done = new(2);
        int x = 0;
        for (int i = 1; i <= 2; i++)
        {
            int value = i;
            GoTimer.AfterFunc(value * Moment, async () =>
            {
                x = value;
                await done.SendAsync(true);
            });
        }

        await Drain(done, 2);
        Use(x);
    }

    internal static async Task RaceGoroutineCreationStack()
    {
        int x = 0;
        Chan<bool> done = new(1);
        Spawn(First);
        x = 2;
        await done.ReceiveAsync();
        Use(x);

        void First() => Spawn(Second);

        void Second() => Spawn(Third);

        void Third() => Go.Spawn(async () =>
        {
            x = 1;
            await done.SendAsync(true);
        });
    }

    internal static async Task NoRaceNilMutexCrash()
    {
        GoMutex mutex = new();
        GoRWMutex? missing = null;
        int panics = 0;
        try
        {
            (await missing!.ReadLockAsync()).Dispose();
        }
        catch (NullReferenceException)
        {
            using (await mutex.LockAsync())
            {
                panics++;
            }
        }

        Use(panics);
    }
}
