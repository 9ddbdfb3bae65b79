namespace Goroutines.GoBenchmarks;

/// <summary>What a full collection costs beside goroutines that wait: <c>runtime/malloc_test.go</c>.</summary>
internal static class CollectionBenchmarks
{
    private const int Goroutines = 1000;

    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(10);

    public static IEnumerable<Benchmark> All =>
    [
        new("runtime", "GoroutineSelect", GoroutineSelectAsync),
        new("runtime", "GoroutineBlocking", GoroutineBlockingAsync),
        new("runtime", "GoroutineForRange", GoroutineForRangeAsync),
        new("runtime", "GoroutineIdle", GoroutineIdleAsync),
    ];

    private static async ValueTask GoroutineSelectAsync(B b)
    {
        var quit = new Chan<Unit>();
        await CollectAsync(b, async ch =>
        {
            var select = new Select();
            var value = select.Receive(ch);
            select.Receive(quit);
            while (await select.WaitAsync() == 0 && value.Ok)
            {
            }
        });
    }

    private static ValueTask GoroutineBlockingAsync(B b) => CollectAsync(b, static async ch =>
    {
        while ((await ch.ReceiveAsync()).Ok)
        {
        }
    });

    private static ValueTask GoroutineForRangeAsync(B b) => CollectAsync(b, static async ch =>
    {
        await foreach (var _ in ch)
        {
        }
    });

    private static async ValueTask CollectAsync(B b, Func<Chan<Unit>, ValueTask> read)
    {
        var m = new Chan<Unit>[Goroutines];
        for (var i = 0; i < m.Length; i++)
        {
            m[i] = new Chan<Unit>(1);
            Go.Spawn(read, m[i]);
        }
        b.StopTimer();
        b.ResetTimer();
        GC.Collect();

        for (var i = 0; i < b.N; i++)
        {
            foreach (var ch in m)
            {
                await ch.SendAsync(default);
            }
            await Go.SleepAsync(s_settling);
            b.StartTimer();
            GC.Collect();
            b.StopTimer();
        }

        foreach (var ch in m)
        {
            ch.Close();
        }
        await Go.SleepAsync(s_settling);
    }

    private static async ValueTask GoroutineIdleAsync(B b)
    {
        var quit = new Chan<Unit>();
        for (var i = 0; i < Goroutines; i++)
        {
            Go.Spawn(async () => await quit.ReceiveAsync());
        }

        GC.Collect();
        b.ResetTimer();

        for (var i = 0; i < b.N; i++)
        {
            GC.Collect();
        }

        b.StopTimer();
        quit.Close();
        await Go.SleepAsync(s_settling);
    }
}
