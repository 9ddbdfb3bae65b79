namespace Goroutines.Peers;

/// <summary>sieve: the first n primes through a chain of filters. An operation is one prime.</summary>
/// <remarks>
/// The generator stops after the last prime that is wanted and closes its channel, so that every filter ends.
/// </remarks>
internal static class Sieve
{
    public static async ValueTask RunAsync(int n)
    {
        var last = Primes.Nth(n);
        var ch = new Chan<int>();
        Go.Spawn(static to => GenerateAsync(to.Channel, to.Last), (Channel: ch, Last: last));
        var prime = 0;
        for (var i = 0; i < n; i++)
        {
            prime = (await ch.ReceiveAsync()).Value;
            var filtered = new Chan<int>();
            Go.Spawn(static filter => FilterAsync(filter.From, filter.To, filter.Prime), (From: ch, To: filtered, Prime: prime));
            ch = filtered;
        }
        if ((await ch.ReceiveAsync()).Ok || prime != last)
        {
            throw new InvalidOperationException("sieve: wrong primes");
        }
    }

    private static async ValueTask GenerateAsync(Chan<int> to, int last)
    {
        for (var i = 2; i <= last; i++)
        {
            await to.SendAsync(i);
        }
        to.Close();
    }

    private static async ValueTask FilterAsync(Chan<int> from, Chan<int> to, int prime)
    {
        while (await from.ReceiveAsync() is (var i, true))
        {
            if (i % prime != 0)
            {
                await to.SendAsync(i);
            }
        }
        to.Close();
    }
}
