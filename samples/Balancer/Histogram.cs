using System.Collections.Immutable;

namespace Balancer;

/// <summary>Counts durations by size. Any goroutine may add.</summary>
internal sealed class Histogram
{
    /// <summary>The upper bounds of the buckets, in seconds. The last bucket, which is not listed, has none.</summary>
    internal static readonly ImmutableArray<double> Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private long _ticks;

    internal double SumSeconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    internal void Add(TimeSpan duration)
    {
        int bucket = 0;
        while (bucket < Bounds.Length && duration.TotalSeconds > Bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _ticks, duration.Ticks);
    }

    internal long Count(int bucket) => Interlocked.Read(ref _counts[bucket]);
}
