namespace Goroutines.Peers;

/// <summary>ctx: a tree of contexts, ten children each and ten of theirs, made and cancelled from its root. An operation is one context.</summary>
internal static class Contexts
{
    private const int Children = 10;
    public const int Tree = 1 + Children + (Children * Children);

    public static ValueTask RunAsync(int n)
    {
        for (var i = 0; i < n / Tree; i++)
        {
            var root = GoContext.Background.WithCancel();
            GoContext last = root;
            for (var child = 0; child < Children; child++)
            {
#pragma warning disable GOR401 // its parent's end is its own
                var one = root.WithCancel();
#pragma warning restore GOR401
                for (var grandchild = 0; grandchild < Children; grandchild++)
                {
                    last = one.WithCancel();
                }
            }
            root.Cancel();
            if (last.Err is null)
            {
                throw new InvalidOperationException("ctx: a grandchild was not cancelled");
            }
        }
        return default;
    }
}
