using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What mutex_test.go of Go's race detector checks.</summary>
[GoFile("mutex_test.go")]
internal static class MutexCases
{
    internal static async Task NoRaceMutex()
    {
        GoMutex mutex = new();
        short x = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            {
                x = 1;
                await done.SendAsync(true);
            }
        });
        Go.Spawn(async () =>
        {
            using (await mutex.LockAsync())
            {
                x = 2;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(x);
    }

    internal static async Task RaceMutex()
    {
        GoMutex mutex = new();
        short x = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = 1;
            using (await mutex.LockAsync())
            {
                await done.SendAsync(true);
            }
        });
        Go.Spawn(async () =>
        {
            x = 2;
            (await mutex.LockAsync()).Dispose();
            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(x);
    }

    internal static async Task RaceMutex2()
    {
        GoMutex first = new();
        GoMutex second = new();
        sbyte x = 0;
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

    internal static async Task NoRaceMutexPureHappensBefore()
    {
        GoMutex mutex = new();
        short x = 0;
        bool written = false;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = 1;
            using (await mutex.LockAsync())
            {
                written = true;
            }

            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            bool seen = false;
            while (!seen)
            {
                await Go.SleepAsync(Moment);
                using (await mutex.LockAsync())
                {
                    seen = written;
                }
            }

            x = 1;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(x);
    }

    internal static async Task NoRaceMutexSemaphore()
    {
        GoMutex mutex = new();
        Chan<bool> done = new(2);
        int x = 0;
        await mutex.LockAsync();
        Go.Spawn(async () =>
        {
            x = 1;
            mutex.Unlock();
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            await mutex.LockAsync();
            x = 2;
            mutex.Unlock();
            await done.SendAsync(true);
        });
        await Drain(done, 2);
        Use(x);
    }

    internal static async Task NoRaceMutexExampleFromHtml()
    {
        GoMutex mutex = new();
        string a = "";
        await mutex.LockAsync();
        Spawn(() =>
        {
            a = "hello, world";
            mutex.Unlock();
        });
        await mutex.LockAsync();
        Use(a);
    }

    internal static async Task RaceMutexOverwrite()
    {
        Chan<bool> done = new(1);
        GoMutex mutex = new();
        Go.Spawn(async () =>
        {
            mutex = new GoMutex();
            await done.SendAsync(true);
        });
        await mutex.LockAsync();
        await done.ReceiveAsync();
    }
}
