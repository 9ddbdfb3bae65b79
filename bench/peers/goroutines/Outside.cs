namespace Goroutines.Peers;

/// <summary>outside: plain threads start goroutines, each of which counts a WaitGroup down.</summary>
internal static class Outside
{
    public static async ValueTask RunAsync(int threads, int n)
    {
        var runtime = GoRuntime.Current;
        var wg = new WaitGroup();
        wg.Add(n);
        for (var i = 0; i < threads; i++)
        {
            new Thread(() =>
            {
                for (var j = 0; j < n / threads; j++)
                {
                    runtime.Spawn(static wg =>
                    {
                        wg.Done();
                        return default(ValueTask);
                    }, wg);
                }
            }).Start();
        }
        await wg.WaitAsync();
    }
}
