using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>
/// bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, and a manager that holds 50 numbers. An operation is one number.
/// </summary>
/// <remarks>A producer sends its next number when the manager asks for it; a consumer says when it wants one.</remarks>
internal static class Bounded
{
    private sealed record Produce
    {
        public static readonly Produce Instance = new();
    }

    private sealed record Available(PID Consumer);

    private sealed record Item(PID Producer, int Value);

    private sealed record End;

    public static async ValueTask RunAsync(IRootContext root, int n)
    {
        var ended = new Countdown(Suite.Consumers);
        var total = new Total();
        var manager = root.Spawn(() => new Manager(n));
        List<PID> actors = [manager];
        for (var i = 0; i < Suite.Consumers; i++)
        {
            actors.Add(root.Spawn(() => new Consumer(manager, total, ended)));
        }
        for (var i = 0; i < Suite.Producers; i++)
        {
            actors.Add(root.Spawn(() => new Producer(manager, n / Suite.Producers)));
        }
        await ended.WaitAsync();
        Check.Equal("bounded", Suite.Producers * Check.SumBelow(n / Suite.Producers), total.Value);
        foreach (var actor in actors)
        {
            root.Stop(actor);
        }
    }

    private sealed class Manager(int n) : IActor
    {
        private readonly Queue<Item> _items = new();
        private readonly Queue<PID> _consumers = new();
        private readonly Queue<PID> _producers = new();
        private int _given;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case Item item:
                    Take(context, item);
                    break;
                case Available available:
                    Give(context, available.Consumer);
                    break;
            }
            return Task.CompletedTask;
        }

        private void Take(IContext context, Item item)
        {
            if (_consumers.TryDequeue(out var consumer))
            {
                _given++;
                context.Send(consumer, item);
            }
            else
            {
                _items.Enqueue(item);
            }
            if (_items.Count < Suite.Places)
            {
                context.Send(item.Producer, Produce.Instance);
            }
            else
            {
                _producers.Enqueue(item.Producer);
            }
        }

        private void Give(IContext context, PID consumer)
        {
            if (_items.TryDequeue(out var item))
            {
                _given++;
                context.Send(consumer, item);
                if (_producers.TryDequeue(out var producer))
                {
                    context.Send(producer, Produce.Instance);
                }
                return;
            }
            _consumers.Enqueue(consumer);

            // All numbers are with their consumers once each consumer has come back.
            if (_given == n && _consumers.Count == Suite.Consumers)
            {
                foreach (var each in _consumers)
                {
                    context.Send(each, new End());
                }
            }
        }
    }

    private sealed class Producer(PID manager, int numbers) : IActor
    {
        private int _next;

        public Task ReceiveAsync(IContext context)
        {
            if (context.Message is Started or Produce && _next < numbers)
            {
                context.Send(manager, new Item(context.Self, _next++));
            }
            return Task.CompletedTask;
        }
    }

    private sealed class Consumer(PID manager, Total total, Countdown ended) : IActor
    {
        private Available? _available;
        private long _sum;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case Item item:
                    _sum += item.Value;
                    context.Send(manager, _available!);
                    break;
                case Started:
                    _available = new Available(context.Self);
                    context.Send(manager, _available);
                    break;
                case End:
                    total.Add(_sum);
                    ended.Done();
                    break;
            }
            return Task.CompletedTask;
        }
    }
}
