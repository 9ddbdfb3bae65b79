namespace Goroutines.GoBenchmarks;

/// <summary>Channels: <c>runtime/chan_test.go</c>.</summary>
internal static class ChanBenchmarks
{
    private const int CallsPerSched = 1000;

    public static IEnumerable<Benchmark> All =>
    [
        new("runtime", "MakeChan", MakeChanAsync),
        new("runtime", "ChanNonblocking", ChanNonblockingAsync),
        new("runtime", "ChanUncontended", ChanUncontendedAsync),
        new("runtime", "ChanContended", ChanContendedAsync),
        new("runtime", "ChanSync", static b => ChanSyncAsync(b, 0)),
        new("runtime", "ChanSyncWork", static b => ChanSyncAsync(b, 1000)),
        new("runtime", "ChanProdCons0", static b => ProdConsAsync(b, 0, 0)),
        new("runtime", "ChanProdCons10", static b => ProdConsAsync(b, 10, 0)),
        new("runtime", "ChanProdCons100", static b => ProdConsAsync(b, 100, 0)),
        new("runtime", "ChanProdConsWork0", static b => ProdConsAsync(b, 0, 100)),
        new("runtime", "ChanProdConsWork10", static b => ProdConsAsync(b, 10, 100)),
        new("runtime", "ChanProdConsWork100", static b => ProdConsAsync(b, 100, 100)),
        new("runtime", "ReceiveDataFromClosedChan", ReceiveDataFromClosedChanAsync),
        new("runtime", "ChanCreation", ChanCreationAsync),
        new("runtime", "ChanSem", ChanSemAsync),
        new("runtime", "ChanPopular", ChanPopularAsync),
        new("runtime", "ChanClosed", ChanClosedAsync),
    ];

    private static async ValueTask MakeChanAsync(B b)
    {
        await b.RunAsync("Byte", static b => Make<byte>(b));
        await b.RunAsync("Int", static b => Make<long>(b));
        await b.RunAsync("Ptr", static b => Make<object>(b));
        await b.RunAsync("Struct", static async b =>
        {
            await b.RunAsync("0", static b => Make<Unit>(b));
            await b.RunAsync("32", static b => Make<Struct32>(b));
            await b.RunAsync("40", static b => Make<Struct40>(b));
        });
    }

    private static void Make<T>(B b)
    {
        Chan<T>? x = null;
        for (var i = 0; i < b.N; i++)
        {
            x = new Chan<T>(8);
        }
        x!.Close();
    }

    private static async ValueTask ChanNonblockingAsync(B b)
    {
        var myc = new Chan<int>();
        await b.RunParallelAsync(pb =>
        {
            while (pb.Next())
            {
                myc.TryReceive(out _);
            }
        });
    }

    private static ValueTask ChanUncontendedAsync(B b)
    {
        const int C = 100;
        return b.RunParallelAsync(static async pb =>
        {
            var myc = new Chan<int>(C);
            while (pb.Next())
            {
                for (var i = 0; i < C; i++)
                {
                    await myc.SendAsync(0);
                }
                for (var i = 0; i < C; i++)
                {
                    await myc.ReceiveAsync();
                }
            }
        });
    }

    private static async ValueTask ChanContendedAsync(B b)
    {
        const int C = 100;
        var myc = new Chan<int>(C * Go.MaxProcs);
        await b.RunParallelAsync(async pb =>
        {
            while (pb.Next())
            {
                for (var i = 0; i < C; i++)
                {
                    await myc.SendAsync(0);
                }
                for (var i = 0; i < C; i++)
                {
                    await myc.ReceiveAsync();
                }
            }
        });
    }

    private static async ValueTask ChanSyncAsync(B b, int work)
    {
        const int Procs = 2;
        var n = b.N / CallsPerSched / Procs * Procs;
        var c = new Chan<bool>(Procs);
        var myc = new Chan<int>();
        for (var p = 0; p < Procs; p++)
        {
            Go.Spawn(async () =>
            {
                while (true)
                {
                    var i = Interlocked.Decrement(ref n);
                    if (i < 0)
                    {
                        break;
                    }
                    for (var g = 0; g < CallsPerSched; g++)
                    {
                        if (i % 2 == 0)
                        {
                            await myc.ReceiveAsync();
                            Work.Count(work);
                            await myc.SendAsync(0);
                            Work.Count(work);
                        }
                        else
                        {
                            await myc.SendAsync(0);
                            Work.Count(work);
                            await myc.ReceiveAsync();
                            Work.Count(work);
                        }
                    }
                }
                await c.SendAsync(true);
            });
        }
        for (var p = 0; p < Procs; p++)
        {
            await c.ReceiveAsync();
        }
    }

    private static async ValueTask ProdConsAsync(B b, int capacity, int localWork)
    {
        var procs = Go.MaxProcs;
        var n = b.N / CallsPerSched;
        var c = new Chan<bool>(2 * procs);
        var myc = new Chan<int>(capacity);
        for (var p = 0; p < procs; p++)
        {
            Go.Spawn(async () =>
            {
                while (Interlocked.Decrement(ref n) >= 0)
                {
                    for (var g = 0; g < CallsPerSched; g++)
                    {
                        Work.Count(localWork);
                        await myc.SendAsync(1);
                    }
                }
                await myc.SendAsync(0);
                await c.SendAsync(true);
            });
            Go.Spawn(async () =>
            {
                while (true)
                {
                    var v = await myc.TakeAsync();
                    if (v == 0)
                    {
                        break;
                    }
                    Work.Count(localWork);
                }
                await c.SendAsync(true);
            });
        }
        for (var p = 0; p < procs; p++)
        {
            await c.ReceiveAsync();
            await c.ReceiveAsync();
        }
    }

    private static async ValueTask ReceiveDataFromClosedChanAsync(B b)
    {
        var count = b.N;
        var ch = new Chan<Unit>(count);
        for (var i = 0; i < count; i++)
        {
            await ch.SendAsync(default);
        }
        ch.Close();

        b.ResetTimer();
        await foreach (var _ in ch)
        {
        }
    }

    private static ValueTask ChanCreationAsync(B b) => b.RunParallelAsync(static async pb =>
    {
        while (pb.Next())
        {
            var myc = new Chan<int>(1);
            await myc.SendAsync(0);
            await myc.ReceiveAsync();
        }
    });

    private static async ValueTask ChanSemAsync(B b)
    {
        var myc = new Chan<Unit>(Go.MaxProcs);
        await b.RunParallelAsync(async pb =>
        {
            while (pb.Next())
            {
                await myc.SendAsync(default);
                await myc.ReceiveAsync();
            }
        });
    }

    private static async ValueTask ChanPopularAsync(B b)
    {
        const int Count = 1000;
        var c = new Chan<bool>();
        List<Chan<bool>> a = [];
        var wg = new WaitGroup();
        wg.Add(Count);
        for (var j = 0; j < Count; j++)
        {
            var d = new Chan<bool>();
            a.Add(d);
            Go.Spawn(async () =>
            {
                var select = new Select().AndReceive<bool>(c).AndReceive<bool>(d);
                for (var i = 0; i < b.N; i++)
                {
                    await select.WaitAsync();
                }
                wg.Done();
            });
        }
        for (var i = 0; i < b.N; i++)
        {
            foreach (var d in a)
            {
                await d.SendAsync(true);
            }
        }
        await wg.WaitAsync();
    }

    private static async ValueTask ChanClosedAsync(B b)
    {
        var c = new Chan<Unit>();
        c.Close();
        await b.RunParallelAsync(pb =>
        {
            while (pb.Next())
            {
                if (!c.TryReceive(out _))
                {
                    throw new InvalidOperationException("a closed channel was not ready");
                }
            }
        });
    }

    private readonly record struct Struct32(long A, long B, long C, long D);

    private readonly record struct Struct40(long A, long B, long C, long D, long E);
}
