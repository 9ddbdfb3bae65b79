namespace Goroutines.Peers;

/// <summary>gosched: 4 tasks that yield.</summary>
internal static class Gosched
{
    public const int Yielders = 4;

    public static async ValueTask RunAsync(int n)
    {
        var countdown = new Countdown(Yielders);
        for (var yielder = 0; yielder < Yielders; yielder++)
        {
            _ = Task.Run(async () =>
            {
                for (var i = 0; i < n / Yielders; i++)
                {
                    await Task.Yield();
                }
                countdown.Done();
            });
        }
        await countdown.WaitAsync();
    }
}
