using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>skynet: a tree of actors with n leaves (a power of ten), ten children each; sums are told to the parent. An operation is one
/// leaf.</summary>
internal static class Skynet
{
    private static readonly Props s_node = Props.Create<Node>();

    private sealed record Start(int Number, int Size);

    public static async ValueTask RunAsync(ActorSystem system, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var root = system.ActorOf(Props.Create(() => new Root(done)));
        root.Tell(new Start(0, n));
        Check.Equal("skynet", Check.SumBelow(n), await done.Task);
        system.Stop(root);
    }

    private sealed class Root(TaskCompletionSource<long> done) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is long sum)
            {
                done.SetResult(sum);
            }
            else
            {
                Context.ActorOf(s_node).Tell(message);
            }
        }
    }

    private sealed class Node : UntypedActor
    {
        private int _left = Suite.Branches;
        private long _sum;

        protected override void OnReceive(object message)
        {
            if (message is long sum)
            {
                _sum += sum;
                if (--_left == 0)
                {
                    End(_sum);
                }
                return;
            }
            var (number, size) = (Start)message;
            if (size <= 1)
            {
                End(number);
                return;
            }
            for (var i = 0; i < Suite.Branches; i++)
            {
                Context.ActorOf(s_node).Tell(new Start(number + i * (size / Suite.Branches), size / Suite.Branches));
            }
        }

        private void End(long sum)
        {
            Context.Parent.Tell(sum, ActorRefs.NoSender);
            Context.Stop(Self);
        }
    }
}
