using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>parked: n actors that have run once and wait for a number; a thousand siblings each, since one parent of all takes longer.</summary>
internal static class Parked
{
    private const int Siblings = 1000;

    private static readonly Props s_child = Props.Create<Child>();

    public static ValueTask<Result> RunAsync(ActorSystem system, int n, Mode mode) => ParkedMeasure.RunAsync(n, mode, count => new Round(system, count));

    private sealed class Round(ActorSystem system, int count) : ParkedMeasure.IRound
    {
        private readonly Countdown _started = new(count);
        private readonly Countdown _woken = new(count);
        private readonly List<IActorRef> _parents = [];
        private long _sum;

        public async ValueTask SpawnAsync()
        {
            for (var first = 0; first < count; first += Siblings)
            {
                var (from, children) = (first, Math.Min(Siblings, count - first));
                _parents.Add(system.ActorOf(Props.Create(() => new Parent(this, from, children))));
            }
            await _started.WaitAsync();
        }

        public async ValueTask WakeAsync()
        {
            foreach (var parent in _parents)
            {
                parent.Tell("wake");
            }
            await _woken.WaitAsync();
            foreach (var parent in _parents)
            {
                system.Stop(parent);
            }
            Check.Equal("parked", Check.SumBelow(count), _sum);
        }

        public void Started() => _started.Done();

        public void Woken(int value)
        {
            Interlocked.Add(ref _sum, value);
            _woken.Done();
        }
    }

    private sealed class Parent(Round round, int first, int children) : UntypedActor
    {
        private readonly IActorRef[] _children = new IActorRef[children];

        protected override void PreStart()
        {
            for (var i = 0; i < children; i++)
            {
                _children[i] = Context.ActorOf(s_child);
                _children[i].Tell(round, ActorRefs.NoSender);
            }
        }

        protected override void OnReceive(object message)
        {
            for (var i = 0; i < children; i++)
            {
                _children[i].Tell(first + i, ActorRefs.NoSender);
            }
        }
    }

    private sealed class Child : UntypedActor
    {
        private Round? _round;

        protected override void OnReceive(object message)
        {
            if (message is int value)
            {
                _round!.Woken(value);
            }
            else
            {
                _round = (Round)message;
                _round.Started();
            }
        }
    }
}
