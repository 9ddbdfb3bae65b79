namespace Goroutines.GoBenchmarks;

/// <summary>Groups with an error: <c>golang.org/x/sync/errgroup</c>.</summary>
internal static class ErrGroupBenchmarks
{
    public static IEnumerable<Benchmark> All => [new("x/sync/errgroup", "Go", GoAsync)];

    private static async ValueTask GoAsync(B b)
    {
        var fn = static () => { };
        var g = new ErrGroup();
        b.ResetTimer();
        for (var i = 0; i < b.N; i++)
        {
            g.Spawn(async () => fn());
        }
        await g.WaitAsync();
    }
}
