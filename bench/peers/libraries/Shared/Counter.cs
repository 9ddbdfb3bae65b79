namespace Goroutines.Peers;

/// <summary>What a lock protects.</summary>
internal sealed class Counter
{
    public int Value { get; set; }
}
