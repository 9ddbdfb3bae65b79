using System.Threading.Channels;

namespace Goroutines.Peers.Channels;

/// <summary>forkjoin (Savina's fjthrput): one task deals numbers out to 60 in turn, each of which adds up. An operation is one number.</summary>
internal static class ForkJoin
{
    public static async ValueTask RunAsync(Mailboxes mailboxes, int n)
    {
        var channels = new Channel<int>[Suite.Workers];
        var workers = new Task<long>[Suite.Workers];
        for (var i = 0; i < Suite.Workers; i++)
        {
            var channel = channels[i] = mailboxes.OneToOne<int>();
            workers[i] = Task.Run(() => Counting.SumAsync(channel.Reader));
        }
        for (var i = 0; i < n; i++)
        {
            channels[i % Suite.Workers].Writer.TryWrite(i);
        }
        foreach (var channel in channels)
        {
            channel.Writer.Complete();
        }
        Check.Equal("forkjoin", Check.SumBelow(n), (await Task.WhenAll(workers)).Sum());
    }
}
