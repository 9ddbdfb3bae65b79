namespace Goroutines.Peers;

/// <summary>prodcons: one sender, one receiver.</summary>
internal static class ProdCons
{
    public static async ValueTask RunAsync(int capacity, int n)
    {
        var ch = new Chan<int>(capacity);
        Go.Spawn(async () =>
        {
            for (var i = 0; i < n; i++)
            {
                await ch.SendAsync(i);
            }
        });
        for (var i = 0; i < n; i++)
        {
            await ch.ReceiveAsync();
        }
    }
}
