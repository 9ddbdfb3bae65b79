namespace Goroutines.GoBenchmarks;

/// <summary>Locks for readers and writers: <c>sync/rwmutex_test.go</c>.</summary>
internal static class RWMutexBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("sync", "RWMutexUncontended", RWMutexUncontendedAsync),
        new("sync", "RWMutexWrite100", static b => RWMutexAsync(b, 0, 100)),
        new("sync", "RWMutexWrite10", static b => RWMutexAsync(b, 0, 10)),
        new("sync", "RWMutexWorkWrite100", static b => RWMutexAsync(b, 100, 100)),
        new("sync", "RWMutexWorkWrite10", static b => RWMutexAsync(b, 100, 10)),
    ];

    private static ValueTask RWMutexUncontendedAsync(B b) => b.RunParallelAsync(static async pb =>
    {
        var rwm = new GoRWMutex();
        while (pb.Next())
        {
#pragma warning disable GOR302 // no writer waits between the two
            using (await rwm.ReadLockAsync())
            using (await rwm.ReadLockAsync())
            {
            }
#pragma warning restore GOR302
            using (await rwm.LockAsync())
            {
            }
        }
    });

    private static async ValueTask RWMutexAsync(B b, int localWork, int writeRatio)
    {
        var rwm = new GoRWMutex();
        await b.RunParallelAsync(async pb =>
        {
            var foo = 0L;
            while (pb.Next())
            {
                foo++;
                if (foo % writeRatio == 0)
                {
                    using (await rwm.LockAsync())
                    {
                    }
                }
                else
                {
                    using (await rwm.ReadLockAsync())
                    {
                        foo = Work.DoubleAndHalve(foo, localWork);
                    }
                }
            }
        });
    }
}
