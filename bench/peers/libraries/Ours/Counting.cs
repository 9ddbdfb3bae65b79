namespace Goroutines.Peers.Ours;

/// <summary>counting (Savina's count): one goroutine sends, one adds up. An operation is one number.</summary>
internal static class Counting
{
    /// <summary>Places of a channel that stands for a mailbox.</summary>
    public const int Mailbox = 128;

    public static async ValueTask RunAsync(int n)
    {
        var numbers = new Chan<int>(Mailbox);
        var counter = Go.Run(async () =>
        {
            var sum = 0L;
            while (await numbers.ReceiveAsync() is (var value, true))
            {
                sum += value;
            }
            return sum;
        });
        for (var i = 0; i < n; i++)
        {
            await numbers.SendAsync(i);
        }
        numbers.Close();
        Check.Equal("counting", Check.SumBelow(n), await counter);
    }
}
