using System.Numerics;

namespace Goroutines.Diagnostics;

/// <summary>Counts durations of one kind by size.</summary>
/// <remarks>Immutable. There are eight steps to a doubling, so a quantile is accurate to about a tenth. The memory does not depend on how many durations
/// there are; a single one takes none beside the object, since there may be as many groups as goroutines.</remarks>
public sealed class TraceHistogram
{
    private const int StepBits = 3;
    private const int Steps = 1 << StepBits;

    /// <summary>The counts; null up to the first duration, which is <see cref="LongestNanoseconds"/>.</summary>
    private int[]? _counts;

    internal TraceHistogram()
    {
    }

    /// <summary>Gets the number of durations.</summary>
    public long Count { get; private set; }

    /// <summary>Gets their sum.</summary>
    public TimeSpan Total => TimeSpan.FromTicks(TotalNanoseconds / 100);

    /// <summary>Gets the longest duration; zero if there are none.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(LongestNanoseconds / 100);

    /// <summary>Gets the number of durations up to each power of two in nanoseconds, shortest first, without empty buckets.</summary>
    public IReadOnlyList<TraceHistogramBucket> Buckets
    {
        get
        {
            List<TraceHistogramBucket> buckets = [];
            if (_counts is null)
            {
                return Count == 0 ? buckets : [new TraceHistogramBucket(UpperEnd(IndexOf(LongestNanoseconds) | (Steps - 1)), 1)];
            }

            for (int i = 0; i < _counts.Length; i += Steps)
            {
                if (_counts.AsSpan(i, Steps).ToArray().Sum() is var count and not 0)
                {
                    buckets.Add(new TraceHistogramBucket(UpperEnd(i + Steps - 1), count));
                }
            }

            return buckets;
        }
    }

    internal long TotalNanoseconds { get; private set; }

    internal long LongestNanoseconds { get; private set; }

    /// <summary>Returns the duration that a share of all durations does not exceed.</summary>
    /// <param name="share">The share, from 0 to 1: 0.99 for the 99th percentile.</param>
    /// <returns>The duration; zero if there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not from 0 to 1.</exception>
    public TimeSpan Quantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return TimeSpan.FromTicks(QuantileNanoseconds(share) / 100);
    }

    internal void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        if (Count == 1)
        {
            _counts = new int[64 * Steps];
            _counts[IndexOf(LongestNanoseconds)]++;
        }

        Count++;
        TotalNanoseconds += nanoseconds;
        LongestNanoseconds = Math.Max(LongestNanoseconds, nanoseconds);
        if (_counts is not null)
        {
            _counts[IndexOf(nanoseconds)]++;
        }
    }

    internal long QuantileNanoseconds(double share)
    {
        long wanted = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (int i = 0; _counts is not null && i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen != 0)
            {
                return Math.Min(LongestNanoseconds, UpperEnd(i));
            }
        }

        return LongestNanoseconds;
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
