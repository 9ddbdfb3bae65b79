using System.Threading.Channels;

namespace Goroutines.Peers;

/// <summary>prodcons: one sender, one receiver.</summary>
internal static class ProdCons
{
    public static async ValueTask RunAsync(int capacity, int n)
    {
        var ch = Channel.CreateBounded<int>(capacity);
        _ = Task.Run(async () =>
        {
            for (var i = 0; i < n; i++)
            {
                await ch.Writer.WriteAsync(i);
            }
        });
        for (var i = 0; i < n; i++)
        {
            await ch.Reader.ReadAsync();
        }
    }
}
