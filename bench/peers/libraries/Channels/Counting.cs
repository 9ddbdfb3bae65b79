using System.Threading.Channels;

namespace Goroutines.Peers.Channels;

/// <summary>counting (Savina's count): one task writes, one adds up. An operation is one number.</summary>
internal static class Counting
{
    public static async ValueTask RunAsync(Mailboxes mailboxes, int n)
    {
        var numbers = mailboxes.OneToOne<int>();
        var counter = Task.Run(() => SumAsync(numbers.Reader));
        for (var i = 0; i < n; i++)
        {
            numbers.Writer.TryWrite(i);
        }
        numbers.Writer.Complete();
        Check.Equal("counting", Check.SumBelow(n), await counter);
    }

    public static async Task<long> SumAsync(ChannelReader<int> numbers)
    {
        var sum = 0L;
        while (await numbers.WaitToReadAsync())
        {
            while (numbers.TryRead(out var value))
            {
                sum += value;
            }
        }
        return sum;
    }
}
