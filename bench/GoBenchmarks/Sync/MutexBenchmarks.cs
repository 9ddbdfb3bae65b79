namespace Goroutines.GoBenchmarks;

/// <summary>Mutexes: <c>sync/mutex_test.go</c>.</summary>
internal static class MutexBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("sync", "MutexUncontended", MutexUncontendedAsync),
        new("sync", "Mutex", static b => MutexAsync(b, slack: false, work: false)),
        new("sync", "MutexSlack", static b => MutexAsync(b, slack: true, work: false)),
        new("sync", "MutexWork", static b => MutexAsync(b, slack: false, work: true)),
        new("sync", "MutexWorkSlack", static b => MutexAsync(b, slack: true, work: true)),
        new("sync", "MutexNoSpin", MutexNoSpinAsync),
        new("sync", "MutexSpin", MutexSpinAsync),
    ];

    private static ValueTask MutexUncontendedAsync(B b) => b.RunParallelAsync(static async pb =>
    {
        var mu = new GoMutex();
        while (pb.Next())
        {
            using (await mu.LockAsync())
            {
            }
        }
    });

    private static async ValueTask MutexAsync(B b, bool slack, bool work)
    {
        var mu = new GoMutex();
        if (slack)
        {
            b.SetParallelism(10);
        }
        await b.RunParallelAsync(async pb =>
        {
            while (pb.Next())
            {
                using (await mu.LockAsync())
                {
                }
                if (work)
                {
                    Work.Count(100);
                }
            }
        });
    }

    private static async ValueTask MutexNoSpinAsync(B b)
    {
        var m = new GoMutex();
        ulong acc0 = 0, acc1 = 0;
        b.SetParallelism(4);
        await b.RunParallelAsync(async pb =>
        {
            var c = new Chan<bool>();
            var data = new ulong[4 << 10];
            for (var i = 0; pb.Next(); i++)
            {
                if (i % 4 == 0)
                {
                    using (await m.LockAsync())
                    {
                        acc0 -= 100;
                        acc1 += 100;
                    }
                }
                else
                {
                    Touch(data);
                    Go.Spawn(async () => await c.SendAsync(true));
                    await c.ReceiveAsync();
                }
            }
        });
    }

    private static async ValueTask MutexSpinAsync(B b)
    {
        var m = new GoMutex();
        ulong acc0 = 0, acc1 = 0;
        await b.RunParallelAsync(async pb =>
        {
            var data = new ulong[16 << 10];
            while (pb.Next())
            {
                using (await m.LockAsync())
                {
                    acc0 -= 100;
                    acc1 += 100;
                }
                Touch(data);
            }
        });
    }

    private static void Touch(ulong[] data)
    {
        for (var i = 0; i < data.Length; i += 4)
        {
            data[i]++;
        }
    }
}
