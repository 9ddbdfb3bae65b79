namespace Goroutines.Peers;

/// <summary>gosched: 4 goroutines that yield.</summary>
internal static class Gosched
{
    public const int Yielders = 4;

    public static async ValueTask RunAsync(int n)
    {
        var wg = new WaitGroup();
        wg.Add(Yielders);
        for (var yielder = 0; yielder < Yielders; yielder++)
        {
            Go.Spawn(async () =>
            {
                for (var i = 0; i < n / Yielders; i++)
                {
                    await Go.Yield();
                }
                wg.Done();
            });
        }
        await wg.WaitAsync();
    }
}
