namespace Goroutines.Peers;

/// <summary>
/// chansync: two goroutines, one rendezvous channel; one receives then sends, the other sends then receives. An
/// operation is one value handed over.
/// </summary>
internal static class ChanSync
{
    public static async ValueTask RunAsync(int n)
    {
        var ch = new Chan<int>();
        var done = new Chan<bool>();
        Go.Spawn(async () =>
        {
            for (var i = 0; i < n / 2; i++)
            {
                await ch.ReceiveAsync();
                await ch.SendAsync(0);
            }
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            for (var i = 0; i < n / 2; i++)
            {
                await ch.SendAsync(0);
                await ch.ReceiveAsync();
            }
            await done.SendAsync(true);
        });
        await done.ReceiveAsync();
        await done.ReceiveAsync();
    }
}
