namespace Goroutines.Peers;

/// <summary>
/// stackful: two goroutines with synchronous bodies, one rendezvous channel; one receives then sends, the other sends then
/// receives. An operation is one value handed over.
/// </summary>
internal static class Stackful
{
    public static async ValueTask RunAsync(int n)
    {
        var ch = new Chan<int>();
        var receiverFirst = Go.Run(() =>
        {
            for (var i = 0; i < n / 2; i++)
            {
                ch.Receive();
                ch.Send(0);
            }
        });
        var senderFirst = Go.Run(() =>
        {
            for (var i = 0; i < n / 2; i++)
            {
                ch.Send(0);
                ch.Receive();
            }
        });
        await receiverFirst;
        await senderFirst;
    }
}
