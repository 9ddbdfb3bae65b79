using System.Threading.Channels;

namespace Goroutines.Peers;

/// <summary>
/// skynet: a tree of n leaves (a power of ten), ten children each, sums over channels. An operation is one leaf.
/// </summary>
internal static class Skynet
{
    public static async ValueTask RunAsync(int n)
    {
        var ch = Channel.CreateBounded<long>(0);
        _ = Task.Run(() => NodeAsync(ch, 0, n));
        if (await ch.Reader.ReadAsync() != (long)n * (n - 1) / 2)
        {
            throw new InvalidOperationException("skynet: n must be a power of ten");
        }
    }

    private static async Task NodeAsync(ChannelWriter<long> parent, int number, int size)
    {
        if (size <= 1)
        {
            await parent.WriteAsync(number);
            return;
        }
        var children = Channel.CreateBounded<long>(0);
        for (var i = 0; i < 10; i++)
        {
            var first = number + i * (size / 10);
            _ = Task.Run(() => NodeAsync(children, first, size / 10));
        }
        var sum = 0L;
        for (var i = 0; i < 10; i++)
        {
            sum += await children.Reader.ReadAsync();
        }
        await parent.WriteAsync(sum);
    }
}
