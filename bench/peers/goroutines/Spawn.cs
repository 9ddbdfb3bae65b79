namespace Goroutines.Peers;

/// <summary>spawn: n goroutines that only count down.</summary>
internal static class Spawn
{
    public static async ValueTask RunAsync(int n)
    {
        var wg = new WaitGroup();
        wg.Add(n);
        for (var i = 0; i < n; i++)
        {
            Go.Spawn(
                static wg =>
                {
                    wg.Done();
                    return ValueTask.CompletedTask;
                },
                wg);
        }
        await wg.WaitAsync();
    }
}
