using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>skynet: a tree of blocks with n leaves (a power of ten), ten children each; sums are posted to the parent. An operation is one
/// leaf.</summary>
internal static class Skynet
{
    /// <param name="IsStart">Whether it starts a node, else it is a child's sum.</param>
    private readonly record struct Message(bool IsStart, long Value);

    public static async ValueTask RunAsync(int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var root = new ActionBlock<Message>(message => done.SetResult(message.Value));
        Start(root, 0, n);
        Check.Equal("skynet", Check.SumBelow(n), await done.Task);
    }

    private static void Start(ActionBlock<Message> parent, int number, int size)
    {
        ActionBlock<Message>? node = null;
        var (left, sum) = (Suite.Branches, 0L);
        node = new ActionBlock<Message>(message =>
        {
            if (message.IsStart)
            {
                if (size <= 1)
                {
                    parent.Post(new Message(false, number));
                    return;
                }
                for (var i = 0; i < Suite.Branches; i++)
                {
                    Start(node!, number + i * (size / Suite.Branches), size / Suite.Branches);
                }
                return;
            }
            sum += message.Value;
            if (--left == 0)
            {
                parent.Post(new Message(false, sum));
            }
        });
        node.Post(new Message(true, 0));
    }
}
