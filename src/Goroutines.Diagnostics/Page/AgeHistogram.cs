using System.Numerics;

namespace Goroutines.Diagnostics;

/// <summary>Counts lengths of time in nanoseconds by size, with four steps to a doubling. Its memory does not depend on their
/// number.</summary>
internal sealed class AgeHistogram
{
    private const int Steps = 4;

    private int[]? _counts;
    private long _count;

    /// <summary>The longest length.</summary>
    internal long Most { get; private set; }

    internal void Add(long age)
    {
        _counts ??= new int[64 * Steps];
        _counts[IndexOf(age)]++;
        _count++;
        Most = Math.Max(Most, age);
    }

    /// <summary>Returns a percentile of the lengths, accurate to within a fifth; 0 if there are none.</summary>
    internal long Percentile(int percent)
    {
        long wanted = ((_count * percent) + 99) / 100;
        for (int i = 0; _counts is not null && i < _counts.Length; i++)
        {
            wanted -= _counts[i];
            if (wanted <= 0)
            {
                return Math.Min(Most, UpperEnd(i));
            }
        }

        return Most;
    }

    private static int IndexOf(long age)
    {
        if (age < Steps)
        {
            return (int)Math.Max(0, age);
        }

        int doublings = BitOperations.Log2((ulong)age);
        return (doublings * Steps) + (int)((age >> (doublings - 2)) & (Steps - 1));
    }

    private static long UpperEnd(int index)
    {
        if (index < Steps)
        {
            return index;
        }

        int doublings = index / Steps;
        return (1L << doublings) + (((long)(index % Steps) + 1) << (doublings - 2)) - 1;
    }
}
