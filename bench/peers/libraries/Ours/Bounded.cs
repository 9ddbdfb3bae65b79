namespace Goroutines.Peers.Ours;

/// <summary>bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, a channel of 50 places. An operation is one
/// number.</summary>
internal static class Bounded
{
    public static async ValueTask RunAsync(int n)
    {
        var buffer = new Chan<int>(Suite.Places);
        var producers = new WaitGroup();
        var consumers = new WaitGroup();
        var total = 0L;
        for (var i = 0; i < Suite.Producers; i++)
        {
            producers.Spawn(async () =>
            {
                for (var value = 0; value < n / Suite.Producers; value++)
                {
                    await buffer.SendAsync(value);
                }
            });
        }
        for (var i = 0; i < Suite.Consumers; i++)
        {
            consumers.Spawn(async () =>
            {
                var sum = 0L;
                while (await buffer.ReceiveAsync() is (var value, true))
                {
                    sum += value;
                }
                Interlocked.Add(ref total, sum);
            });
        }
        await producers.WaitAsync();
        buffer.Close();
        await consumers.WaitAsync();
        Check.Equal("bounded", Suite.Producers * Check.SumBelow(n / Suite.Producers), total);
    }
}
