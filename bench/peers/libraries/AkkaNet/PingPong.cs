using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>pingpong, pingpong100: two actors; one answers each number with the next one. An operation is one number and its answer.</summary>
internal static class PingPong
{
    private static readonly object s_start = new();

    public static async ValueTask RunAsync(ActorSystem system, int inFlight, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ponger = system.ActorOf(Props.Create(() => new Ponger()));
        var pinger = system.ActorOf(Props.Create(() => new Pinger(ponger, inFlight, n, done)));
        pinger.Tell(s_start);
        Check.Equal("pingpong", Check.SumBelow(n) + n, await done.Task);
        system.Stop(pinger);
        system.Stop(ponger);
    }

    private sealed class Pinger(IActorRef ponger, int inFlight, int n, TaskCompletionSource<long> done) : UntypedActor
    {
        private int _sent;
        private int _received;
        private long _sum;

        protected override void OnReceive(object message)
        {
            if (message is not int answer)
            {
                while (_sent < inFlight)
                {
                    ponger.Tell(_sent++, Self);
                }
                return;
            }
            _sum += answer;
            if (_sent < n)
            {
                ponger.Tell(_sent++, Self);
            }
            if (++_received == n)
            {
                done.SetResult(_sum);
            }
        }
    }

    private sealed class Ponger : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell((int)message + 1, ActorRefs.NoSender);
    }
}
