using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>counting (Savina's count): one actor tells, one adds up. An operation is one number.</summary>
internal static class Counting
{
    private static readonly object s_result = new();

    public static async ValueTask RunAsync(ActorSystem system, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var counter = system.ActorOf(Props.Create(() => new Adder(done)));
        var producer = system.ActorOf(Props.Create(() => new Producer(counter, n)));
        Check.Equal("counting", Check.SumBelow(n), await done.Task);
        system.Stop(producer);
        system.Stop(counter);
    }

    private sealed class Producer(IActorRef counter, int n) : UntypedActor
    {
        protected override void PreStart()
        {
            for (var i = 0; i < n; i++)
            {
                counter.Tell(i, Self);
            }
            counter.Tell(s_result, Self);
        }

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Adder(TaskCompletionSource<long> done) : UntypedActor
    {
        private long _sum;

        protected override void OnReceive(object message)
        {
            if (message is int value)
            {
                _sum += value;
            }
            else
            {
                done.SetResult(_sum);
            }
        }
    }
}
