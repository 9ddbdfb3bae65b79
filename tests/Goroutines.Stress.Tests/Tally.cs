using Xunit;

namespace Goroutines.Stress.Tests;

/// <summary>How many values there were, and their sum: equal on both sides when nothing was lost or doubled.</summary>
internal sealed class Tally
{
    private long _count;
    private long _sum;
    private long _squares;

    public long Count => Volatile.Read(ref _count);

    public void Add(long value)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sum, value);
        Interlocked.Add(ref _squares, unchecked(value * value));
    }

    public void AssertSame(Tally other)
        => Assert.Equal((_count, _sum, _squares), (other._count, other._sum, other._squares));
}
