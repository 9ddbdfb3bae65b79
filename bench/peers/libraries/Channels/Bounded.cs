namespace Goroutines.Peers.Channels;

/// <summary>bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, a channel of 50 places. An operation is one
/// number.</summary>
internal static class Bounded
{
    public static async ValueTask RunAsync(Mailboxes mailboxes, int n)
    {
        var buffer = mailboxes.Bounded<int>(Suite.Places);
        var producers = new Task[Suite.Producers];
        for (var i = 0; i < Suite.Producers; i++)
        {
            producers[i] = Task.Run(async () =>
            {
                for (var value = 0; value < n / Suite.Producers; value++)
                {
                    await buffer.Writer.WriteAsync(value);
                }
            });
        }
        var consumers = new Task<long>[Suite.Consumers];
        for (var i = 0; i < Suite.Consumers; i++)
        {
            consumers[i] = Task.Run(() => Counting.SumAsync(buffer.Reader));
        }
        await Task.WhenAll(producers);
        buffer.Writer.Complete();
        Check.Equal("bounded", Suite.Producers * Check.SumBelow(n / Suite.Producers), (await Task.WhenAll(consumers)).Sum());
    }
}
