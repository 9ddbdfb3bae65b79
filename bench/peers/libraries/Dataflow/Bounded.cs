using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, a block that buffers 50. An operation is one
/// number.</summary>
internal static class Bounded
{
    public static async ValueTask RunAsync(int n)
    {
        var buffer = new BufferBlock<int>(new DataflowBlockOptions { BoundedCapacity = Suite.Places });
        var producers = new Task[Suite.Producers];
        for (var i = 0; i < Suite.Producers; i++)
        {
            producers[i] = Task.Run(async () =>
            {
                for (var value = 0; value < n / Suite.Producers; value++)
                {
                    await buffer.SendAsync(value);
                }
            });
        }
        var consumers = new Task<long>[Suite.Consumers];
        for (var i = 0; i < Suite.Consumers; i++)
        {
            consumers[i] = Task.Run(() => SumAsync(buffer));
        }
        await Task.WhenAll(producers);
        buffer.Complete();
        Check.Equal("bounded", Suite.Producers * Check.SumBelow(n / Suite.Producers), (await Task.WhenAll(consumers)).Sum());
    }

    private static async Task<long> SumAsync(BufferBlock<int> buffer)
    {
        var sum = 0L;
        while (await buffer.OutputAvailableAsync())
        {
            while (buffer.TryReceive(out var value))
            {
                sum += value;
            }
        }
        return sum;
    }
}
