namespace Goroutines.Peers.Ours;

/// <summary>
/// skynet: a tree of n leaves (a power of ten), ten children each, sums over channels with a place for each child. An operation is one leaf.
/// </summary>
/// <remarks>In the comparison with Go the channels have no places, as in the original; here no other side's child waits for its parent.</remarks>
internal static class Skynet
{
    public static async ValueTask RunAsync(int n)
    {
        var result = new Chan<long>(1);
        Go.Spawn(NodeAsync, result, 0, n);
        Check.Equal("skynet", Check.SumBelow(n), await result.TakeAsync());
    }

    private static async ValueTask NodeAsync(Chan<long> parent, int number, int size)
    {
        if (size <= 1)
        {
            await parent.SendAsync(number);
            return;
        }
        var children = new Chan<long>(Suite.Branches);
        for (var i = 0; i < Suite.Branches; i++)
        {
            Go.Spawn(NodeAsync, children, number + i * (size / Suite.Branches), size / Suite.Branches);
        }
        var sum = 0L;
        for (var i = 0; i < Suite.Branches; i++)
        {
            sum += await children.TakeAsync();
        }
        await parent.SendAsync(sum);
    }
}
