namespace Goroutines.GoBenchmarks;

/// <summary>Waiting for many: <c>sync/waitgroup_test.go</c>.</summary>
internal static class WaitGroupBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("sync", "WaitGroupUncontended", WaitGroupUncontendedAsync),
        new("sync", "WaitGroupAddDone", static b => AddDoneAsync(b, 0)),
        new("sync", "WaitGroupAddDoneWork", static b => AddDoneAsync(b, 100)),
        new("sync", "WaitGroupWait", static b => WaitAsync(b, 0)),
        new("sync", "WaitGroupWaitWork", static b => WaitAsync(b, 100)),
        new("sync", "WaitGroupActuallyWait", ActuallyWaitAsync),
    ];

    private static ValueTask WaitGroupUncontendedAsync(B b) => b.RunParallelAsync(static async pb =>
    {
        var wg = new WaitGroup();
        while (pb.Next())
        {
            wg.Add(1);
            wg.Done();
            await wg.WaitAsync();
        }
    });

    private static async ValueTask AddDoneAsync(B b, int localWork)
    {
        var wg = new WaitGroup();
        await b.RunParallelAsync(pb =>
        {
            while (pb.Next())
            {
                wg.Add(1);
                Work.Count(localWork);
                wg.Done();
            }
        });
    }

    private static async ValueTask WaitAsync(B b, int localWork)
    {
        var wg = new WaitGroup();
        await b.RunParallelAsync(async pb =>
        {
            while (pb.Next())
            {
                await wg.WaitAsync();
                Work.Count(localWork);
            }
        });
    }

    private static ValueTask ActuallyWaitAsync(B b) => b.RunParallelAsync(static async pb =>
    {
        while (pb.Next())
        {
            var wg = new WaitGroup();
            wg.Add(1);
            Go.Spawn(async () => wg.Done());
            await wg.WaitAsync();
        }
    });
}
