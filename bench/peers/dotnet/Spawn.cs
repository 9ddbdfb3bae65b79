namespace Goroutines.Peers;

/// <summary>spawn: n tasks that only count down.</summary>
internal static class Spawn
{
    public static async ValueTask RunAsync(int n)
    {
        var countdown = new Countdown(n);
        for (var i = 0; i < n; i++)
        {
            _ = Task.Run(() => countdown.Done());
        }
        await countdown.WaitAsync();
    }
}
