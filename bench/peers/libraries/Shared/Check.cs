namespace Goroutines.Peers;

/// <summary>Looks at what a round has come to, so that a figure is of work that was done.</summary>
internal static class Check
{
    public static void Equal(string row, long expected, long actual)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"{row}: {actual} instead of {expected}");
        }
    }

    /// <summary>The sum of 0 to n - 1.</summary>
    public static long SumBelow(long n) => n * (n - 1) / 2;
}
