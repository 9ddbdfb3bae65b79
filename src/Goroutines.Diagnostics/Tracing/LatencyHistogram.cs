using System.Numerics;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Durations by size: eight steps a doubling, so that a quantile is right to about a tenth.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 3;
    private const int Steps = 1 << StepBits;

    private readonly int[] _counts = new int[64 * Steps];

    internal long Count { get; private set; }

    internal long Total { get; private set; }

    internal long Longest { get; private set; }

    internal void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        Count++;
        Total += nanoseconds;
        Longest = Math.Max(Longest, nanoseconds);
        _counts[IndexOf(nanoseconds)]++;
    }

    /// <summary>The value that the given share of all is not above; at most the longest.</summary>
    internal long Quantile(double share)
    {
        long wanted = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen != 0)
            {
                return Math.Min(Longest, UpperEnd(i));
            }
        }

        return Longest;
    }

    private static int IndexOf(long value)
    {
        if (value < Steps)
        {
            return (int)value;
        }

        int doublings = BitOperations.Log2((ulong)value) - StepBits;
        return ((doublings + 1) << StepBits) + (int)((value >> doublings) & (Steps - 1));
    }

    private static long UpperEnd(int index)
    {
        if (index < Steps)
        {
            return index;
        }

        int doublings = (index >> StepBits) - 1;
        return (((long)Steps + (index & (Steps - 1)) + 1) << doublings) - 1;
    }
}
