using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>ring: 503 actors pass a token from each to the next. An operation is one pass.</summary>
internal static class Ring
{
    public static async ValueTask RunAsync(ActorSystem system, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var passes = new Counter();
        var actors = new IActorRef[Suite.RingSize];
        for (var i = Suite.RingSize - 1; i >= 0; i--)
        {
            var next = i < Suite.RingSize - 1 ? actors[i + 1] : ActorRefs.Nobody;
            actors[i] = system.ActorOf(Props.Create(() => new Passer(next, passes, done)));
        }
        actors[^1].Tell(actors[0]);
        actors[0].Tell(n);
        Check.Equal("ring", n + Suite.RingSize, await done.Task);
        foreach (var actor in actors)
        {
            system.Stop(actor);
        }
    }

    private sealed class Passer(IActorRef next, Counter passes, TaskCompletionSource<long> done) : UntypedActor
    {
        private IActorRef _next = next;

        protected override void OnReceive(object message)
        {
            if (message is not int token)
            {
                _next = (IActorRef)message;
                return;
            }

            // The token is with one actor at a time, and so is the counter.
            passes.Value++;
            if (token > -Suite.RingSize + 1)
            {
                _next.Tell(token - 1, ActorRefs.NoSender);
            }
            else
            {
                done.SetResult(passes.Value);
            }
        }
    }
}
