namespace Goroutines.Peers;

/// <summary>
/// skynet: a tree of n leaves (a power of ten), ten children each, sums over channels. An operation is one leaf.
/// </summary>
internal static class Skynet
{
    public static async ValueTask RunAsync(int n)
    {
        var ch = new Chan<long>();
        Go.Spawn(static root => NodeAsync(root.Parent, 0, root.Size), (Parent: ch, Size: n));
        if ((await ch.ReceiveAsync()).Value != (long)n * (n - 1) / 2)
        {
            throw new InvalidOperationException("skynet: n must be a power of ten");
        }
    }

    private static async ValueTask NodeAsync(Chan<long> parent, int number, int size)
    {
        if (size <= 1)
        {
            await parent.SendAsync(number);
            return;
        }
        var children = new Chan<long>();
        for (var i = 0; i < 10; i++)
        {
            Go.Spawn(
                static child => NodeAsync(child.Parent, child.Number, child.Size),
                (Parent: children, Number: number + i * (size / 10), Size: size / 10));
        }
        var sum = 0L;
        for (var i = 0; i < 10; i++)
        {
            sum += (await children.ReceiveAsync()).Value;
        }
        await parent.SendAsync(sum);
    }
}
