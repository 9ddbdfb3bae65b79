namespace Goroutines.Peers;

/// <summary>stackful: two plain threads that hand over to each other. An operation is one hand-over.</summary>
internal static class Stackful
{
    public static ValueTask RunAsync(int n)
    {
        using var ping = new SemaphoreSlim(0);
        using var pong = new SemaphoreSlim(0);
        var other = new Thread(() =>
        {
            for (var i = 0; i < n / 2; i++)
            {
                ping.Wait();
                pong.Release();
            }
        });
        other.Start();
        for (var i = 0; i < n / 2; i++)
        {
            ping.Release();
            pong.Wait();
        }
        other.Join();
        return ValueTask.CompletedTask;
    }
}
