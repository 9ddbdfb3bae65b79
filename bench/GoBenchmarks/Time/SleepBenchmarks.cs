namespace Goroutines.GoBenchmarks;

/// <summary>Timers and sleeps: <c>time/sleep_test.go</c>.</summary>
internal static class SleepBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("time", "AfterFunc1000", AfterFunc1000Async),
        new("time", "After", AfterAsync),
        new("time", "Stop", StopAsync),
        new("time", "SimultaneousAfterFunc1000", SimultaneousAfterFunc1000Async),
        new("time", "StartStop1000", StartStop1000Async),
        new("time", "Reset", ResetAsync),
        new("time", "Sleep1000", Sleep1000Async),
        new("time", "AdjustTimers10000", AdjustTimers10000Async),
    ];

    private static ValueTask AfterFunc1000Async(B b) => GarbageTimers.RunAsync(b, static async pb =>
    {
        while (pb.Next())
        {
            var n = 1000;
            var c = new Chan<bool>();
            GoTimer.AfterFunc(TimeSpan.Zero, NextAsync);
            await c.ReceiveAsync();

            async ValueTask NextAsync()
            {
#pragma warning disable GOR109 // each body starts the next one
                n--;
#pragma warning restore GOR109
                if (n >= 0)
                {
                    GoTimer.AfterFunc(TimeSpan.Zero, NextAsync);
                }
                else
                {
                    await c.SendAsync(true);
                }
            }
        }
    });

    private static ValueTask AfterAsync(B b) => GarbageTimers.RunAsync(b, static async pb =>
    {
        while (pb.Next())
        {
            await Go.After(GarbageTimers.Nanosecond).ReceiveAsync();
        }
    });

    private static async ValueTask StopAsync(B b)
    {
        await b.RunAsync("impl=chan", static b => GarbageTimers.RunAsync(b, static pb =>
        {
            while (pb.Next())
            {
                new GoTimer(TimeSpan.FromSeconds(1)).Stop();
            }
        }));
        await b.RunAsync("impl=func", static b => GarbageTimers.RunAsync(b, static pb =>
        {
            while (pb.Next())
            {
                NewTimerFunc(TimeSpan.FromSeconds(1)).Stop();
            }
        }));
    }

    private static ValueTask SimultaneousAfterFunc1000Async(B b) => GarbageTimers.RunAsync(b, static async pb =>
    {
        while (pb.Next())
        {
            const int Count = 1000;
            var wg = new WaitGroup();
            wg.Add(Count);
            for (var i = 0; i < Count; i++)
            {
                GoTimer.AfterFunc(TimeSpan.Zero, wg.Done);
            }
            await wg.WaitAsync();
        }
    });

    private static ValueTask StartStop1000Async(B b) => GarbageTimers.RunAsync(b, static pb =>
    {
        while (pb.Next())
        {
            var timers = new GoTimer[1000];
            for (var i = 0; i < timers.Length; i++)
            {
                timers[i] = GoTimer.AfterFunc(GarbageTimers.Hour, static () => { });
            }
            for (var i = 0; i < timers.Length; i++)
            {
                timers[i].Stop();
            }
        }
    });

    private static async ValueTask ResetAsync(B b)
    {
        await b.RunAsync("impl=chan", static b => GarbageTimers.RunAsync(b, static pb =>
        {
            var t = new GoTimer(GarbageTimers.Hour);
            while (pb.Next())
            {
                t.Reset(GarbageTimers.Hour);
            }
            t.Stop();
        }));
        await b.RunAsync("impl=func", static b => GarbageTimers.RunAsync(b, static pb =>
        {
            var t = NewTimerFunc(GarbageTimers.Hour);
            while (pb.Next())
            {
                t.Reset(GarbageTimers.Hour);
            }
            t.Stop();
        }));
    }

    private static ValueTask Sleep1000Async(B b) => GarbageTimers.RunAsync(b, static async pb =>
    {
        while (pb.Next())
        {
            const int Count = 1000;
            var wg = new WaitGroup();
            wg.Add(Count);
            for (var i = 0; i < Count; i++)
            {
                Go.Spawn(async () =>
                {
                    await Go.SleepAsync(GarbageTimers.Nanosecond);
                    wg.Done();
                });
            }
            await wg.WaitAsync();
        }
    });

    private static ValueTask AdjustTimers10000Async(B b) => GarbageTimers.RunAsync(b, static async pb =>
    {
        while (pb.Next())
        {
            const int Count = 10_000;
            var timers = new List<GoTimer>(Count);
            for (var i = 0; i < Count; i++)
            {
                timers.Add(GoTimer.AfterFunc(GarbageTimers.Hour, static () => { }));
            }
            timers[Count - 1].Reset(GarbageTimers.Nanosecond);
            await Go.SleepAsync(TimeSpan.FromMicroseconds(1));
            foreach (var timer in timers)
            {
                timer.Stop();
            }
        }
    });

    /// <summary><c>newTimerFunc</c>: a timer whose body sends the time.</summary>
    private static GoTimer NewTimerFunc(TimeSpan duration)
    {
        var c = new Chan<DateTimeOffset>(1);
        return GoTimer.AfterFunc(duration, async () => await c.SendAsync(Go.Now));
    }
}
