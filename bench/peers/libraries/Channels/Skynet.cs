using System.Threading.Channels;

namespace Goroutines.Peers.Channels;

/// <summary>skynet: a tree of n leaves (a power of ten), ten children each, sums over channels. An operation is one leaf.</summary>
internal static class Skynet
{
    public static async ValueTask RunAsync(Mailboxes mailboxes, int n)
    {
        var result = mailboxes.OneToOne<long>();
        _ = Task.Run(() => NodeAsync(mailboxes, result.Writer, 0, n));
        Check.Equal("skynet", Check.SumBelow(n), await result.Reader.ReadAsync());
    }

    private static async Task NodeAsync(Mailboxes mailboxes, ChannelWriter<long> parent, int number, int size)
    {
        if (size <= 1)
        {
            parent.TryWrite(number);
            return;
        }
        var children = mailboxes.ManyToOne<long>();
        for (var i = 0; i < Suite.Branches; i++)
        {
            var first = number + i * (size / Suite.Branches);
            _ = Task.Run(() => NodeAsync(mailboxes, children.Writer, first, size / Suite.Branches));
        }
        var sum = 0L;
        for (var i = 0; i < Suite.Branches; i++)
        {
            sum += await children.Reader.ReadAsync();
        }
        parent.TryWrite(sum);
    }
}
