namespace Goroutines.Peers;

/// <summary>gosched: 4 goroutines that yield.</summary>
internal static class Gosched
{
    public const int Yielders = 4;

    public static async ValueTask RunAsync(int n)
    {
        var countdown = new Countdown(Yielders);
        for (var yielder = 0; yielder < Yielders; yielder++)
        {
            Go.Spawn(async () =>
            {
                for (var i = 0; i < n / Yielders; i++)
                {
                    await Go.Yield();
                }
                countdown.Done();
            });
        }
        await countdown.WaitAsync();
    }
}
