using System.Threading.Channels;

namespace Goroutines.Peers.Channels;

/// <summary>ring: 503 tasks pass a token from each to the next. An operation is one pass.</summary>
internal static class Ring
{
    public static async ValueTask RunAsync(Mailboxes mailboxes, int n)
    {
        var channels = new Channel<int>[Suite.RingSize];
        for (var i = 0; i < Suite.RingSize; i++)
        {
            channels[i] = mailboxes.OneToOne<int>();
        }
        var tasks = new Task<int>[Suite.RingSize];
        for (var i = 0; i < Suite.RingSize; i++)
        {
            var (from, to) = (channels[i].Reader, channels[(i + 1) % Suite.RingSize].Writer);
            tasks[i] = Task.Run(() => PassAsync(from, to));
        }
        channels[0].Writer.TryWrite(n);
        Check.Equal("ring", n + Suite.RingSize, (await Task.WhenAll(tasks)).Sum());
    }

    /// <summary>Counts the token down; from 0 on it goes round once more and ends every task. Returns how often it came.</summary>
    private static async Task<int> PassAsync(ChannelReader<int> from, ChannelWriter<int> to)
    {
        for (var passes = 1; ; passes++)
        {
            var token = await from.ReadAsync();
            if (token > -Suite.RingSize + 1)
            {
                to.TryWrite(token - 1);
            }
            if (token <= 0)
            {
                return passes;
            }
        }
    }
}
