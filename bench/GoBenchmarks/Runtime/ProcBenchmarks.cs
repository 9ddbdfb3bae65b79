namespace Goroutines.GoBenchmarks;

/// <summary>Scheduling: <c>runtime/proc_test.go</c>.</summary>
internal static class ProcBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("runtime", "PingPongHog", PingPongHogAsync),
        new("runtime", "CreateGoroutines", static b => CreateGoroutinesAsync(b, 1)),
        new("runtime", "CreateGoroutinesParallel", static b => CreateGoroutinesAsync(b, Go.MaxProcs)),
        new("runtime", "CreateGoroutinesCapture", CreateGoroutinesCaptureAsync),
        new("runtime", "CreateGoroutinesSingle", CreateGoroutinesSingleAsync),
        new("runtime", "Matmult", MatmultAsync),
    ];

    private static async ValueTask PingPongHogAsync(B b)
    {
        var procs = Go.MaxProcs;
        Go.MaxProcs = 1;

        // A goroutine that never waits.
        Chan<bool> stop = new(), done = new();
        Go.Spawn(async () =>
        {
#pragma warning disable GOR205 // it is to run at full speed
            while (!stop.TryReceive(out _))
            {
            }
#pragma warning restore GOR205
            await done.SendAsync(true);
        });

        Chan<bool> ping = new(), pong = new();
        Go.Spawn(async () =>
        {
            for (var j = 0; j < b.N; j++)
            {
                await pong.SendAsync(await ping.TakeAsync());
            }
            stop.Close();
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            for (var i = 0; i < b.N; i++)
            {
                await ping.SendAsync(await pong.TakeAsync());
            }
            await done.SendAsync(true);
        });
        b.ResetTimer();
        await ping.SendAsync(true);
        await stop.ReceiveAsync();
        b.StopTimer();
        await ping.ReceiveAsync();
        await done.ReceiveAsync();
        await done.ReceiveAsync();
        await done.ReceiveAsync();
        Go.MaxProcs = procs;
    }

    private static async ValueTask CreateGoroutinesAsync(B b, int procs)
    {
        var c = new Chan<bool>();
        for (var i = 0; i < procs; i++)
        {
            Go.Spawn(CreateAsync, b.N / procs);
        }
        for (var i = 0; i < procs; i++)
        {
            await c.ReceiveAsync();
        }

        async ValueTask CreateAsync(int n)
        {
            if (n == 0)
            {
                await c.SendAsync(true);
                return;
            }
            Go.Spawn(CreateAsync, n - 1);
        }
    }

    private static async ValueTask CreateGoroutinesCaptureAsync(B b)
    {
        const int Count = 4;
        for (var n = 0; n < b.N; n++)
        {
            var wg = new WaitGroup();
            wg.Add(Count);
            for (var i = 0; i < Count; i++)
            {
                var captured = i;
                Go.Spawn(async () =>
                {
                    if (captured >= Count)
                    {
                        b.Skip(); // never: it captures the benchmark, as in Go
                    }
                    wg.Done();
                });
            }
            await wg.WaitAsync();
        }
    }

    private static async ValueTask CreateGoroutinesSingleAsync(B b)
    {
        await Work.WarmUpSchedulerAsync(Go.MaxProcs);
        b.ResetTimer();

        var wg = new WaitGroup();
        wg.Add(b.N);
        for (var i = 0; i < b.N; i++)
        {
            Go.Spawn(async () => wg.Done());
        }
        await wg.WaitAsync();
    }

    private static async ValueTask MatmultAsync(B b)
    {
        b.StopTimer();
        var n = (int)Math.Cbrt(b.N) + 1;
        double[][] left = MakeMatrix(n), right = MakeMatrix(n), product = MakeMatrix(n);
        b.StartTimer();
        await MultiplyAsync(null, left, right, product, 0, n, 0, n, 0, n, 8);
    }

    private static double[][] MakeMatrix(int n)
    {
        var m = new double[n][];
        for (var i = 0; i < n; i++)
        {
            m[i] = new double[n];
            for (var j = 0; j < n; j++)
            {
                m[i][j] = (i * n) + j;
            }
        }
        return m;
    }

    private static async ValueTask MultiplyAsync(
        Chan<Unit>? done, double[][] left, double[][] right, double[][] product, int i0, int i1, int j0, int j1, int k0, int k1, int threshold)
    {
        int di = i1 - i0, dj = j1 - j0, dk = k1 - k0;
        if (di >= dj && di >= dk && di >= threshold)
        {
            var mi = i0 + (di / 2);
            var done1 = new Chan<Unit>(1);
            Go.Spawn(() => MultiplyAsync(done1, left, right, product, i0, mi, j0, j1, k0, k1, threshold));
            await MultiplyAsync(null, left, right, product, mi, i1, j0, j1, k0, k1, threshold);
            await done1.ReceiveAsync();
        }
        else if (dj >= dk && dj >= threshold)
        {
            var mj = j0 + (dj / 2);
            var done1 = new Chan<Unit>(1);
            Go.Spawn(() => MultiplyAsync(done1, left, right, product, i0, i1, j0, mj, k0, k1, threshold));
            await MultiplyAsync(null, left, right, product, i0, i1, mj, j1, k0, k1, threshold);
            await done1.ReceiveAsync();
        }
        else if (dk >= threshold)
        {
            var mk = k0 + (dk / 2);
            await MultiplyAsync(null, left, right, product, i0, i1, j0, j1, k0, mk, threshold);
            await MultiplyAsync(null, left, right, product, i0, i1, j0, j1, mk, k1, threshold);
        }
        else
        {
            Multiply(left, right, product, i0, i1, j0, j1, k0, k1);
        }
        if (done is not null)
        {
            await done.SendAsync(default);
        }
    }

    private static void Multiply(double[][] left, double[][] right, double[][] product, int i0, int i1, int j0, int j1, int k0, int k1)
    {
        for (var i = i0; i < i1; i++)
        {
            for (var j = j0; j < j1; j++)
            {
                for (var k = k0; k < k1; k++)
                {
                    product[i][j] += left[i][k] * right[k][j];
                }
            }
        }
    }
}
