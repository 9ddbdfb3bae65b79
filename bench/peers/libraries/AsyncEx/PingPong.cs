using Nito.AsyncEx;

namespace Goroutines.Peers.AsyncEx;

/// <summary>pingpong, pingpong100: two tasks, a queue each way; one answers each number with the next one. An operation is one number and its
/// answer.</summary>
internal static class PingPong
{
    public static async ValueTask RunAsync(int inFlight, int n)
    {
        var pings = new AsyncProducerConsumerQueue<int>();
        var pongs = new AsyncProducerConsumerQueue<int>();
        var ponger = Task.Run(async () =>
        {
            for (var i = 0; i < n; i++)
            {
                await pongs.EnqueueAsync(await pings.DequeueAsync() + 1);
            }
        });
        for (var i = 0; i < inFlight; i++)
        {
            await pings.EnqueueAsync(i);
        }
        var sum = 0L;
        for (var i = inFlight; i < n; i++)
        {
            sum += await pongs.DequeueAsync();
            await pings.EnqueueAsync(i);
        }
        for (var i = 0; i < inFlight; i++)
        {
            sum += await pongs.DequeueAsync();
        }
        await ponger;
        Check.Equal("pingpong", Check.SumBelow(n) + n, sum);
    }
}
