namespace Goroutines.Peers;

internal static class Primes
{
    /// <summary>The n-th prime; the first is 2.</summary>
    public static int Nth(int n)
    {
        var primes = new List<int> { 2 };
        for (var candidate = 3; primes.Count < n; candidate += 2)
        {
            if (primes.TakeWhile(p => p * p <= candidate).All(p => candidate % p != 0))
            {
                primes.Add(candidate);
            }
        }
        return primes[n - 1];
    }
}
