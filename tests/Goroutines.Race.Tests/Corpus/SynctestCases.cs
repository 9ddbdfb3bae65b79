using Goroutines.Testing;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What synctest_test.go of Go's race detector checks. The explorer's virtual time is the bubble.</summary>
[GoFile("synctest_test.go")]
internal static class SynctestCases
{
    internal static Task RaceSynctestGoroutinesExit()
    {
        int x = 0;
        Spawn(() => x = 1);
        Spawn(() => x = 1);
        return Task.CompletedTask;
    }

    internal static async Task NoRaceSynctestGoroutinesExit()
    {
        int x = 0;
        Spawn(() => x = 1);
        await GoTest.WaitAsync();
        Spawn(() => x = 1);
    }

    internal static Task RaceSynctestGoroutinesRecv()
    {
        int x = 0;
        Chan<Unit> c = new();
        for (int i = 0; i < 2; i++)
        {
            Go.Spawn(async () =>
            {
                x = 1;
                await c.ReceiveAsync();
            });
        }

        c.Close();
        return Task.CompletedTask;
    }

    internal static Task RaceSynctestGoroutinesUnblocked()
    {
        int x = 0;
        Chan<Unit> c = new();
        for (int i = 0; i < 2; i++)
        {
            Go.Spawn(async () =>
            {
                await c.ReceiveAsync();
                x = 1;
            });
        }

        c.Close();
        return Task.CompletedTask;
    }

    internal static async Task RaceSynctestGoroutinesSleep()
    {
        int x = 0;
        for (int i = 1; i <= 2; i++)
        {
            int seconds = i;
            Go.Spawn(async () =>
            {
                await Go.SleepAsync(TimeSpan.FromSeconds(seconds));
                x = 1;
                await Go.SleepAsync(TimeSpan.FromSeconds(3 - seconds));
            });
        }

        await Go.SleepAsync(TimeSpan.FromSeconds(5));
    }

    internal static async Task RaceSynctestTimers()
    {
        int x = 0;
        for (int i = 1; i <= 2; i++)
        {
            GoTimer.AfterFunc(TimeSpan.FromSeconds(i), () =>
            {
                x = 1;
                return ValueTask.CompletedTask;
            });
        }

        await Go.SleepAsync(TimeSpan.FromSeconds(5));
    }
}
