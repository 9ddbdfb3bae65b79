namespace Goroutines.Peers;

/// <summary>fanin: 1000 senders into one channel of capacity 16.</summary>
internal static class FanIn
{
    public const int Senders = 1000;

    public static async ValueTask RunAsync(int n)
    {
        var ch = new Chan<int>(16);
        for (var sender = 0; sender < Senders; sender++)
        {
            Go.Spawn(async () =>
            {
                for (var i = 0; i < n / Senders; i++)
                {
                    await ch.SendAsync(i);
                }
            });
        }
        for (var i = 0; i < n; i++)
        {
            await ch.ReceiveAsync();
        }
    }
}
