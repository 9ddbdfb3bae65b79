namespace Goroutines.Peers;

/// <summary>What several parties have come to at the end of a round.</summary>
internal sealed class Total
{
    private long _value;

    public long Value => _value;

    public void Add(long value) => Interlocked.Add(ref _value, value);
}
