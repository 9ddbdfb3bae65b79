namespace Goroutines.Runtime;

/// <summary>Samples waits by the time they lasted (runtime/mprof.go: <c>blockevent</c>, unbiased since Go 1.17).</summary>
/// <remarks>
/// A wait of <c>d</c> is taken with probability <c>min(1, d / rate)</c>, and counts for <c>rate / d</c> waits of <c>d</c> when it is
/// shorter than the rate. So the expected sums of counts and of times are the true ones whatever the lengths, and a P pays for about
/// one sample per <c>rate</c> of waited time. The decision is the writer's alone; the sums are under a lock, which a reader takes for as
/// long as it copies them.
/// </remarks>
internal sealed class DelaySampler(long rate, uint seed)
{
    private readonly Dictionary<DelayKey, DelayTotal> _totals = [];
    private SpinMutex _lock;
    private uint _random = seed | 1;

    internal void Add(long nanoseconds, in DelayKey key)
    {
        if (nanoseconds <= 0)
        {
            return;
        }

        double count = 1;
        double time = nanoseconds;
        if (nanoseconds < rate)
        {
            if (NextRandom() % (ulong)rate >= (ulong)nanoseconds)
            {
                return;
            }

            count = (double)rate / nanoseconds;
            time = rate;
        }

        _lock.Enter();
        try
        {
            _totals.TryGetValue(key, out DelayTotal total);
            _totals[key] = new DelayTotal(total.Count + count, total.Nanoseconds + time);
        }
        finally
        {
            _lock.Exit();
        }
    }

    internal void AddTo(Dictionary<DelayKey, DelayTotal> sum)
    {
        _lock.Enter();
        try
        {
            foreach ((DelayKey key, DelayTotal total) in _totals)
            {
                sum.TryGetValue(key, out DelayTotal other);
                sum[key] = new DelayTotal(total.Count + other.Count, total.Nanoseconds + other.Nanoseconds);
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>xorshift32; two writers at once only share a number.</summary>
    private uint NextRandom()
    {
        uint x = _random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return _random = x;
    }
}
