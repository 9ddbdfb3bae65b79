using Nito.AsyncEx;

namespace Goroutines.Peers.AsyncEx;

/// <summary>counting (Savina's count): one task enqueues, one adds up. An operation is one number.</summary>
internal static class Counting
{
    public static async ValueTask RunAsync(int n)
    {
        var numbers = new AsyncProducerConsumerQueue<int>();
        var counter = Task.Run(async () =>
        {
            var sum = 0L;
            for (var i = 0; i < n; i++)
            {
                sum += await numbers.DequeueAsync();
            }
            return sum;
        });
        for (var i = 0; i < n; i++)
        {
            await numbers.EnqueueAsync(i);
        }
        Check.Equal("counting", Check.SumBelow(n), await counter);
    }
}
