using Nito.AsyncEx;

namespace Goroutines.Peers.AsyncEx;

/// <summary>bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, a queue of 50 places. An operation is one
/// number.</summary>
internal static class Bounded
{
    public static async ValueTask RunAsync(int n)
    {
        var buffer = new AsyncProducerConsumerQueue<int>(Suite.Places);
        var producers = new Task[Suite.Producers];
        for (var i = 0; i < Suite.Producers; i++)
        {
            producers[i] = Task.Run(async () =>
            {
                for (var value = 0; value < n / Suite.Producers; value++)
                {
                    await buffer.EnqueueAsync(value);
                }
            });
        }

        // A number for each consumer is known, so that none has to end by an exception.
        var consumers = new Task<long>[Suite.Consumers];
        for (var i = 0; i < Suite.Consumers; i++)
        {
            consumers[i] = Task.Run(async () =>
            {
                var sum = 0L;
                for (var j = 0; j < n / Suite.Consumers; j++)
                {
                    sum += await buffer.DequeueAsync();
                }
                return sum;
            });
        }
        await Task.WhenAll(producers);
        Check.Equal("bounded", Suite.Producers * Check.SumBelow(n / Suite.Producers), (await Task.WhenAll(consumers)).Sum());
    }
}
