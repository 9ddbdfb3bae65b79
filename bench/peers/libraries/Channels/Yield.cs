namespace Goroutines.Peers.Channels;

/// <summary>yield: 4 tasks that yield.</summary>
internal static class Yield
{
    private const int Yielders = 4;

    public static async ValueTask RunAsync(int n)
    {
        var tasks = new Task[Yielders];
        for (var i = 0; i < Yielders; i++)
        {
            tasks[i] = Task.Run(async () =>
            {
                for (var j = 0; j < n / Yielders; j++)
                {
                    await Task.Yield();
                }
            });
        }
        await Task.WhenAll(tasks);
    }
}
