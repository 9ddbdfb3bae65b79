using System.Threading.Channels;

namespace Goroutines.Peers;

/// <summary>sieve: the first n primes through a chain of filters. An operation is one prime.</summary>
internal static class Sieve
{
    public static async ValueTask RunAsync(int n)
    {
        var last = Primes.Nth(n);
        var ch = Channel.CreateBounded<int>(0);
        var first = ch;
        _ = Task.Run(() => GenerateAsync(first, last));
        var prime = 0;
        for (var i = 0; i < n; i++)
        {
            prime = await ch.Reader.ReadAsync();
            var (from, to, divisor) = (ch, Channel.CreateBounded<int>(0), prime);
            _ = Task.Run(() => FilterAsync(from, to, divisor));
            ch = to;
        }
        if (await ch.Reader.WaitToReadAsync() || prime != last)
        {
            throw new InvalidOperationException("sieve: wrong primes");
        }
    }

    private static async Task GenerateAsync(ChannelWriter<int> to, int last)
    {
        for (var i = 2; i <= last; i++)
        {
            await to.WriteAsync(i);
        }
        to.Complete();
    }

    private static async Task FilterAsync(ChannelReader<int> from, ChannelWriter<int> to, int divisor)
    {
        await foreach (var i in from.ReadAllAsync())
        {
            if (i % divisor != 0)
            {
                await to.WriteAsync(i);
            }
        }
        to.Complete();
    }
}
