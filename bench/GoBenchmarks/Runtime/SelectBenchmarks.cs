namespace Goroutines.GoBenchmarks;

/// <summary>Select: <c>runtime/chan_test.go</c>. A <see cref="Select"/> is built once and used by every round of its loop.</summary>
internal static class SelectBenchmarks
{
    private const int CallsPerSched = 1000;

    public static IEnumerable<Benchmark> All =>
    [
        new("runtime", "SelectUncontended", SelectUncontendedAsync),
        new("runtime", "SelectSyncContended", SelectSyncContendedAsync),
        new("runtime", "SelectAsyncContended", SelectAsyncContendedAsync),
        new("runtime", "SelectNonblock", SelectNonblockAsync),
        new("runtime", "SelectProdCons", SelectProdConsAsync),
    ];

    private static ValueTask SelectUncontendedAsync(B b) => b.RunParallelAsync(static async pb =>
    {
        var myc1 = new Chan<int>(1);
        var myc2 = new Chan<int>(1);
        await myc1.SendAsync(0);
        var select = new Select().AndReceive<int>(myc1).AndReceive<int>(myc2);
        while (pb.Next())
        {
            switch (await select.WaitAsync())
            {
                case 0:
                    await myc2.SendAsync(0);
                    break;
                case 1:
                    await myc1.SendAsync(0);
                    break;
            }
        }
    });

    private static async ValueTask SelectSyncContendedAsync(B b)
    {
        var myc1 = new Chan<int>();
        var myc2 = new Chan<int>();
        var myc3 = new Chan<int>();
        var done = new Chan<int>();
        await b.RunParallelAsync(async pb =>
        {
            Go.Spawn(async () =>
            {
                var sends = new Select().AndSend<int>(myc1, 0).AndSend<int>(myc2, 0).AndSend<int>(myc3, 0).AndReceive<int>(done);
                while (await sends.WaitAsync() != 3)
                {
                }
            });
            var receives = new Select().AndReceive<int>(myc1).AndReceive<int>(myc2).AndReceive<int>(myc3);
            while (pb.Next())
            {
                await receives.WaitAsync();
            }
        });
        done.Close();
    }

    private static async ValueTask SelectAsyncContendedAsync(B b)
    {
        var procs = Go.MaxProcs;
        var myc1 = new Chan<int>(procs);
        var myc2 = new Chan<int>(procs);
        await b.RunParallelAsync(async pb =>
        {
            await myc1.SendAsync(0);
            var select = new Select().AndReceive<int>(myc1).AndReceive<int>(myc2);
            while (pb.Next())
            {
                switch (await select.WaitAsync())
                {
                    case 0:
                        await myc2.SendAsync(0);
                        break;
                    case 1:
                        await myc1.SendAsync(0);
                        break;
                }
            }
        });
    }

    private static async ValueTask SelectNonblockAsync(B b)
    {
        var myc1 = new Chan<int>();
        var myc2 = new Chan<int>();
        var myc3 = new Chan<int>(1);
        var myc4 = new Chan<int>(1);
        await b.RunParallelAsync(pb =>
        {
            while (pb.Next())
            {
                myc1.TryReceive(out _);
                _ = myc2.TrySend(0);
                myc3.TryReceive(out _);
                _ = myc4.TrySend(0);
            }
        });
    }

    private static async ValueTask SelectProdConsAsync(B b)
    {
        var procs = Go.MaxProcs;
        var n = b.N / CallsPerSched;
        var c = new Chan<bool>(2 * procs);
        var myc = new Chan<int>(128);
        var myclose = new Chan<bool>();
        for (var p = 0; p < procs; p++)
        {
            Go.Spawn(async () =>
            {
                var mytimer = Go.After(TimeSpan.FromHours(1));
                var select = new Select().AndSend<int>(myc, 1).AndReceive(mytimer).AndReceive<bool>(myclose);
                while (Interlocked.Decrement(ref n) >= 0)
                {
                    for (var g = 0; g < CallsPerSched; g++)
                    {
                        Work.Count(100);
                        await select.WaitAsync();
                    }
                }
                await myc.SendAsync(0);
                await c.SendAsync(true);
            });
            Go.Spawn(async () =>
            {
                var mytimer = Go.After(TimeSpan.FromHours(1));
                var select = new Select().Receive<int>(myc, out var received).AndReceive(mytimer).AndReceive<bool>(myclose);
                while (await select.WaitAsync() != 0 || received.Value != 0)
                {
                    Work.Count(100);
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
}
