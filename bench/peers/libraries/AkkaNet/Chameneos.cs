using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation is
/// one meeting.</summary>
internal static class Chameneos
{
    private sealed record Meet(int Colour);

    private sealed record End;

    public static async ValueTask RunAsync(ActorSystem system, int n)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = system.ActorOf(Props.Create(() => new Place(n, done)));
        var creatures = new IActorRef[Suite.Creatures];
        for (var i = 0; i < Suite.Creatures; i++)
        {
            var colour = i % 3;
            creatures[i] = system.ActorOf(Props.Create(() => new Creature(place, colour)));
        }
        Check.Equal("chameneos", 2L * n, await done.Task);
        system.Stop(place);
        foreach (var creature in creatures)
        {
            system.Stop(creature);
        }
    }

    private sealed class Place(int n, TaskCompletionSource<long> done) : UntypedActor
    {
        private IActorRef? _first;
        private Meet? _firstColour;
        private int _left = n;
        private int _ended;
        private long _meetings;

        protected override void OnReceive(object message)
        {
            if (message is int meetings)
            {
                _meetings += meetings;
                if (++_ended == Suite.Creatures)
                {
                    done.SetResult(_meetings);
                }
            }
            else if (_left == 0)
            {
                Sender.Tell(new End(), Self);
            }
            else if (_first is null)
            {
                (_first, _firstColour) = (Sender, (Meet)message);
            }
            else
            {
                _left--;
                Sender.Tell(_firstColour!, Self);
                _first.Tell(message, Self);
                _first = null;
            }
        }
    }

    private sealed class Creature(IActorRef place, int colour) : UntypedActor
    {
        private int _colour = colour;
        private int _meetings;

        protected override void PreStart() => place.Tell(new Meet(_colour), Self);

        protected override void OnReceive(object message)
        {
            if (message is not Meet(var other))
            {
                place.Tell(_meetings, Self);
                return;
            }
            _meetings++;
            _colour = other == _colour ? _colour : 3 - other - _colour;
            place.Tell(new Meet(_colour), Self);
        }
    }
}
