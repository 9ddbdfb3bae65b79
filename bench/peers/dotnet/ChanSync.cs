using System.Threading.Channels;

namespace Goroutines.Peers;

/// <summary>
/// chansync: two tasks, one rendezvous channel; one receives then sends, the other sends then receives. An operation is
/// one value handed over.
/// </summary>
internal static class ChanSync
{
    public static async ValueTask RunAsync(int n)
    {
        var ch = Channel.CreateBounded<int>(0);
        var receiverFirst = Task.Run(async () =>
        {
            for (var i = 0; i < n / 2; i++)
            {
                await ch.Reader.ReadAsync();
                await ch.Writer.WriteAsync(0);
            }
        });
        var senderFirst = Task.Run(async () =>
        {
            for (var i = 0; i < n / 2; i++)
            {
                await ch.Writer.WriteAsync(0);
                await ch.Reader.ReadAsync();
            }
        });
        await receiverFirst;
        await senderFirst;
    }
}
