namespace Goroutines.Peers;

/// <summary>spawn: n goroutines that only count down.</summary>
internal static class Spawn
{
    public static async ValueTask RunAsync(int n)
    {
        var countdown = new Countdown(n);
        for (var i = 0; i < n; i++)
        {
            Go.Spawn(
                static countdown =>
                {
                    countdown.Done();
                    return ValueTask.CompletedTask;
                },
                countdown);
        }
        await countdown.WaitAsync();
    }
}
