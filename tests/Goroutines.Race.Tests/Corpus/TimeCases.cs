using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What time_test.go of Go's race detector checks.</summary>
[GoFile("time_test.go")]
internal static class TimeCases
{
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    internal static async Task NoRaceAfterFunc()
    {
        int v = 0;
        Chan<int> c = new();
        v = 2;
        GoTimer.AfterFunc(s_tick, async () =>
        {
            v = 1;
            await c.SendAsync(0);
        });
        await c.ReceiveAsync();
        v = 3;
        Use(v);
    }

    internal static async Task NoRaceAfterFuncReset()
    {
        int v = 0;
        Chan<int> c = new();
        GoTimer timer = GoTimer.AfterFunc(TimeSpan.FromHours(1), async () =>
        {
            v = 1;
            await c.SendAsync(0);
        });
        timer.Stop();
        v = 2;
        timer.Reset(s_tick);
        await c.ReceiveAsync();
        v = 3;
        Use(v);
    }

    internal static async Task NoRaceTimer()
    {
        int v = 0;
        Chan<int> c = new();
        v = 2;
        GoTimer timer = new(s_tick);
        Go.Spawn(async () =>
        {
            await timer.C.ReceiveAsync();
            v = 1;
            await c.SendAsync(0);
        });
        await c.ReceiveAsync();
        v = 3;
        Use(v);
    }

    internal static async Task NoRaceTimerReset()
    {
        int v = 0;
        Chan<int> c = new();
        GoTimer timer = new(TimeSpan.FromHours(1));
        Go.Spawn(async () =>
        {
            await timer.C.ReceiveAsync();
            v = 1;
            await c.SendAsync(0);
        });
        timer.Stop();
        v = 2;
        timer.Reset(s_tick);
        await c.ReceiveAsync();
        v = 3;
        Use(v);
    }

    internal static async Task NoRaceTicker()
    {
        int v = 0;
        Chan<int> c = new();
        v = 2;
        using Ticker ticker = new(s_tick);
        Go.Spawn(async () =>
        {
            await ticker.C.ReceiveAsync();
            v = 1;
            await c.SendAsync(0);
        });
        await c.ReceiveAsync();
        v = 3;
        Use(v);
    }

    internal static async Task NoRaceTickerReset()
    {
        int v = 0;
        Chan<int> c = new();
        using Ticker ticker = new(TimeSpan.FromHours(1));
        Go.Spawn(async () =>
        {
            await ticker.C.ReceiveAsync();
            v = 1;
            await c.SendAsync(0);
        });
        ticker.Stop();
        v = 2;
        ticker.Reset(s_tick);
        await c.ReceiveAsync();
        v = 3;
        Use(v);
    }
}
