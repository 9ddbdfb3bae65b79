using Akka.Actor;

namespace Goroutines.Peers.AkkaNet;

/// <summary>
/// bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, and a manager that holds 50 numbers. An operation is one number.
/// </summary>
/// <remarks>A producer sends its next number when the manager asks for it; a consumer says when it wants one.</remarks>
internal static class Bounded
{
    private static readonly object s_produce = new();
    private static readonly object s_available = new();
    private static readonly object s_end = new();

    public static async ValueTask RunAsync(ActorSystem system, int n)
    {
        var ended = new Countdown(Suite.Consumers);
        var total = new Total();
        var manager = system.ActorOf(Props.Create(() => new Manager(n)));
        List<IActorRef> actors = [manager];
        for (var i = 0; i < Suite.Consumers; i++)
        {
            actors.Add(system.ActorOf(Props.Create(() => new Consumer(manager, total, ended))));
        }
        for (var i = 0; i < Suite.Producers; i++)
        {
            actors.Add(system.ActorOf(Props.Create(() => new Producer(manager, n / Suite.Producers))));
        }
        await ended.WaitAsync();
        Check.Equal("bounded", Suite.Producers * Check.SumBelow(n / Suite.Producers), total.Value);
        foreach (var actor in actors)
        {
            system.Stop(actor);
        }
    }

    private sealed class Manager(int n) : UntypedActor
    {
        private readonly Queue<object> _numbers = new();
        private readonly Queue<IActorRef> _consumers = new();
        private readonly Queue<IActorRef> _producers = new();
        private int _given;

        protected override void OnReceive(object message)
        {
            if (message == s_available)
            {
                Give(Sender);
            }
            else
            {
                Take(message, Sender);
            }
        }

        private void Take(object number, IActorRef producer)
        {
            if (_consumers.TryDequeue(out var consumer))
            {
                _given++;
                consumer.Tell(number, Self);
            }
            else
            {
                _numbers.Enqueue(number);
            }
            if (_numbers.Count < Suite.Places)
            {
                producer.Tell(s_produce, Self);
            }
            else
            {
                _producers.Enqueue(producer);
            }
        }

        private void Give(IActorRef consumer)
        {
            if (_numbers.TryDequeue(out var number))
            {
                _given++;
                consumer.Tell(number, Self);
                if (_producers.TryDequeue(out var producer))
                {
                    producer.Tell(s_produce, Self);
                }
                return;
            }
            _consumers.Enqueue(consumer);

            // All numbers are with their consumers once each consumer has come back.
            if (_given == n && _consumers.Count == Suite.Consumers)
            {
                foreach (var each in _consumers)
                {
                    each.Tell(s_end, Self);
                }
            }
        }
    }

    private sealed class Producer(IActorRef manager, int numbers) : UntypedActor
    {
        private int _next;

        protected override void PreStart() => Produce();

        protected override void OnReceive(object message) => Produce();

        private void Produce()
        {
            if (_next < numbers)
            {
                manager.Tell(_next++, Self);
            }
        }
    }

    private sealed class Consumer(IActorRef manager, Total total, Countdown ended) : UntypedActor
    {
        private long _sum;

        protected override void PreStart() => manager.Tell(s_available, Self);

        protected override void OnReceive(object message)
        {
            if (message is int number)
            {
                _sum += number;
                manager.Tell(s_available, Self);
            }
            else
            {
                total.Add(_sum);
                ended.Done();
            }
        }
    }
}
