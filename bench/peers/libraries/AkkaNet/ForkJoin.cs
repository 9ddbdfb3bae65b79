using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>forkjoin (Savina's fjthrput): one task deals numbers out to 60 actors in turn, each of which adds up. An operation is one
/// number.</summary>
internal static class ForkJoin
{
    private static readonly object s_result = new();

    public static async ValueTask RunAsync(ActorSystem system, int n)
    {
        var done = new Countdown(Suite.Workers);
        var total = new Total();
        var workers = new IActorRef[Suite.Workers];
        for (var i = 0; i < Suite.Workers; i++)
        {
            workers[i] = system.ActorOf(Props.Create(() => new Worker(total, done)));
        }
        for (var i = 0; i < n; i++)
        {
            workers[i % Suite.Workers].Tell(i, ActorRefs.NoSender);
        }
        foreach (var worker in workers)
        {
            worker.Tell(s_result, ActorRefs.NoSender);
        }
        await done.WaitAsync();
        Check.Equal("forkjoin", Check.SumBelow(n), total.Value);
        foreach (var worker in workers)
        {
            system.Stop(worker);
        }
    }

    private sealed class Worker(Total total, Countdown done) : UntypedActor
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
                total.Add(_sum);
                done.Done();
            }
        }
    }
}
