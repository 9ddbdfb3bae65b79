namespace Goroutines.Peers.Channels;

/// <summary>pingpong, pingpong100: two tasks, a channel each way; one answers each number with the next one. An operation is one number and its
/// answer.</summary>
internal static class PingPong
{
    public static async ValueTask RunAsync(Mailboxes mailboxes, int inFlight, int n)
    {
        var pings = mailboxes.OneToOne<int>();
        var pongs = mailboxes.OneToOne<int>();
        var ponger = Task.Run(async () =>
        {
            await foreach (var value in pings.Reader.ReadAllAsync())
            {
                pongs.Writer.TryWrite(value + 1);
            }
        });
        for (var i = 0; i < inFlight; i++)
        {
            pings.Writer.TryWrite(i);
        }
        var sum = 0L;
        for (var i = inFlight; i < n; i++)
        {
            sum += await pongs.Reader.ReadAsync();
            pings.Writer.TryWrite(i);
        }
        for (var i = 0; i < inFlight; i++)
        {
            sum += await pongs.Reader.ReadAsync();
        }
        pings.Writer.Complete();
        await ponger;
        Check.Equal("pingpong", Check.SumBelow(n) + n, sum);
    }
}
