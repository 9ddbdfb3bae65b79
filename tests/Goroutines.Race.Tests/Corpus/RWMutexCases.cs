using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What rwmutex_test.go of Go's race detector checks.</summary>
[GoFile("rwmutex_test.go")]
internal static class RWMutexCases
{
    internal static async Task RaceMutexRWMutex()
    {
        GoMutex first = new();
        GoRWMutex second = new();
        short x = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            using (await first.LockAsync())
            {
                x = 1;
                await done.SendAsync(true);
            }
        });
        Go.Spawn(async () =>
        {
            using (await second.LockAsync())
            {
                x = 2;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(x);
    }

    internal static async Task NoRaceRWMutex()
    {
        GoRWMutex mutex = new();
        long x = 0;
        long y = 1;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            {
                x = 2;
                await done.SendAsync(true);
            }
        });
        Go.Spawn(async () =>
        {
            using (await mutex.ReadLockAsync())
            {
                y = x;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(y);
    }

    internal static async Task RaceRWMutexMultipleReaders()
    {
        GoRWMutex mutex = new();
        long x = 0;
        long y = 1;
        Chan<bool> done = new(4);
        Go.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            {
                x = 2;
                await done.SendAsync(true);
            }
        });
        for (int i = 1; i <= 3; i++)
        {
            int added = i;
            Go.Spawn(async () =>
            {
                using (await mutex.ReadLockAsync())
                {
                    y = x + added;
                }

                await done.SendAsync(true);
            });
        }

        await Drain(done, 4);
        Use(y);
    }

    internal static async Task NoRaceRWMutexMultipleReaders()
    {
        GoRWMutex mutex = new();
        long x = 0;
        Chan<bool> done = new(4);
        Go.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            {
                x = 2;
                await done.SendAsync(true);
            }
        });
        for (int i = 1; i <= 3; i++)
        {
            int added = i;
            Go.Spawn(async () =>
            {
                using (await mutex.ReadLockAsync())
                {
                    Use(x + added);
                }

                await done.SendAsync(true);
            });
        }

        await Drain(done, 4);
    }

    internal static async Task NoRaceRWMutexTransitive()
    {
        GoRWMutex mutex = new();
        long x = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            using (await mutex.ReadLockAsync())
            {
                Use(x);
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            await Go.SleepAsync(Moment);
            using (await mutex.ReadLockAsync())
            {
                Use(x);
            }

            await done.SendAsync(true);
        });
        await Go.SleepAsync(2 * Moment);
        using (await mutex.LockAsync())
        {
            x = 42;
        }

        await Drain(done, 2);
    }
}
