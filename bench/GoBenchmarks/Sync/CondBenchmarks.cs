namespace Goroutines.GoBenchmarks;

/// <summary>Condition variables: <c>sync/cond_test.go</c>.</summary>
internal static class CondBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("sync", "Cond1", static b => CondAsync(b, 1)),
        new("sync", "Cond2", static b => CondAsync(b, 2)),
        new("sync", "Cond4", static b => CondAsync(b, 4)),
        new("sync", "Cond8", static b => CondAsync(b, 8)),
        new("sync", "Cond16", static b => CondAsync(b, 16)),
        new("sync", "Cond32", static b => CondAsync(b, 32)),
    ];

    private static async ValueTask CondAsync(B b, int waiters)
    {
        var mu = new GoMutex();
        var c = new GoCond(mu);
        var done = new Chan<bool>();
        var id = 0;

        for (var routine = 0; routine < waiters + 1; routine++)
        {
            Go.Spawn(async () =>
            {
                for (var i = 0; i < b.N; i++)
                {
                    using (await mu.LockAsync())
                    {
                        if (id == -1)
                        {
                            break;
                        }
                        id++;
                        if (id == waiters + 1)
                        {
                            id = 0;
                            c.Broadcast();
                        }
                        else
                        {
                            await c.WaitAsync();
                        }
                    }
                }
                using (await mu.LockAsync())
                {
                    id = -1;
                    c.Broadcast();
                }
                await done.SendAsync(true);
            });
        }
        for (var routine = 0; routine < waiters + 1; routine++)
        {
            await done.ReceiveAsync();
        }
    }
}
