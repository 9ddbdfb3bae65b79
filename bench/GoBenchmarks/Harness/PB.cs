namespace Goroutines.GoBenchmarks;

/// <summary>What the goroutines of a parallel benchmark take their operations from: Go's <c>testing.PB</c>.</summary>
internal sealed class PB(SharedCounter counter, long grain, long total)
{
    private long _cache;

    /// <summary>Takes the next operation. Returns false when there is none left.</summary>
    public bool Next()
    {
        if (_cache == 0)
        {
            var taken = counter.Add(grain);
            if (taken <= total)
            {
                _cache = grain;
            }
            else if (taken < total + grain)
            {
                _cache = total + grain - taken;
            }
            else
            {
                return false;
            }
        }
        _cache--;
        return true;
    }
}

/// <summary>The operations that the goroutines of a parallel benchmark have taken.</summary>
internal sealed class SharedCounter
{
    private long _taken;

    public long Taken => Volatile.Read(ref _taken);

    public long Add(long count) => Interlocked.Add(ref _taken, count);
}
