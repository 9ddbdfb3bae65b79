using Goroutines;

namespace Orders;

/// <summary>The channels that orders go through.</summary>
internal sealed class Warehouse
{
    private int _packed;

    public Warehouse()
    {
        GoNames.Set(Incoming, "incoming");
        GoNames.Set(Checked, "checked");
    }

    internal Chan<int> Incoming { get; } = new(100);

    internal Chan<int> Checked { get; } = new();

    internal int PackedCount => Volatile.Read(ref _packed);

    internal void CountPacked() => Interlocked.Increment(ref _packed);
}
