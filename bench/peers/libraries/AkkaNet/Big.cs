using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>
/// big (Savina): 120 actors. Each pings one of the others at random, again and again, and answers the pings of the others meanwhile. An operation
/// is one ping and its answer.
/// </summary>
internal static class Big
{
    private static readonly object s_ping = new();
    private static readonly object s_pong = new();

    public static async ValueTask RunAsync(ActorSystem system, int n)
    {
        var finished = new Countdown(Suite.Members);
        var total = new Total();
        var members = new IActorRef[Suite.Members];
        for (var i = 0; i < Suite.Members; i++)
        {
            var member = i;
            members[i] = system.ActorOf(Props.Create(() => new Member(member, n / Suite.Members, members, total, finished)));
        }
        foreach (var member in members)
        {
            member.Tell(members, ActorRefs.NoSender);
        }
        await finished.WaitAsync();
        Check.Equal("big", n, total.Value);
        foreach (var member in members)
        {
            system.Stop(member);
        }
    }

    private sealed class Member(int number, int pings, IActorRef[] members, Total total, Countdown finished) : UntypedActor
    {
        private Neighbours _neighbours = new(number);
        private int _answers;

        protected override void OnReceive(object message)
        {
            if (message == s_ping)
            {
                Sender.Tell(s_pong, ActorRefs.NoSender);
            }
            else if (message != s_pong || ++_answers < pings)
            {
                members[_neighbours.Next()].Tell(s_ping, Self);
            }
            else
            {
                total.Add(_answers);
                finished.Done();
            }
        }
    }
}
