using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>skynet: a tree of actors with n leaves (a power of ten), ten children each; sums are sent to the parent. An operation is one
/// leaf.</summary>
internal static class Skynet
{
    private static readonly Props s_node = Props.FromProducer(() => new Node());

    private sealed record Start(int Number, int Size, PID Parent);

    public static async ValueTask RunAsync(IRootContext root, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = root.Spawn(() => new End(done));
        root.Send(root.Spawn(s_node), new Start(0, n, end));
        Check.Equal("skynet", Check.SumBelow(n), await done.Task);
        root.Stop(end);
    }

    private sealed class End(TaskCompletionSource<long> done) : IActor
    {
        public Task ReceiveAsync(IContext context)
        {
            if (context.Message is long sum)
            {
                done.SetResult(sum);
            }
            return Task.CompletedTask;
        }
    }

    private sealed class Node : IActor
    {
        private PID? _parent;
        private int _left = Suite.Branches;
        private long _sum;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case long sum:
                    _sum += sum;
                    if (--_left == 0)
                    {
                        context.Send(_parent!, _sum);
                        context.Stop(context.Self);
                    }
                    break;
                case Start(var number, <= 1, var parent):
                    context.Send(parent, (long)number);
                    context.Stop(context.Self);
                    break;
                case Start(var number, var size, var parent):
                    _parent = parent;
                    for (var i = 0; i < Suite.Branches; i++)
                    {
                        // Not as children of this actor, which would have to be watched: what the library's own skynet does.
                        context.Send(context.System.Root.Spawn(s_node), new Start(number + i * (size / Suite.Branches), size / Suite.Branches, context.Self));
                    }
                    break;
            }
            return Task.CompletedTask;
        }
    }
}
