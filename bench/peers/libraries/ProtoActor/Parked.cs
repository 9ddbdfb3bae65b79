using Proto;

namespace Goroutines.Peers.ProtoActor;

/// <summary>parked: n actors that have run once and wait for a number.</summary>
internal static class Parked
{
    public static ValueTask<Result> RunAsync(IRootContext root, int n, Mode mode) => ParkedMeasure.RunAsync(n, mode, count => new Round(root, count));

    private sealed class Round(IRootContext root, int count) : ParkedMeasure.IRound
    {
        private readonly Countdown _started = new(count);
        private readonly Countdown _woken = new(count);
        private readonly PID[] _actors = new PID[count];
        private long _sum;

        public async ValueTask SpawnAsync()
        {
            var props = Props.FromProducer(() => new Actor(this));
            for (var i = 0; i < count; i++)
            {
                _actors[i] = root.Spawn(props);
            }
            await _started.WaitAsync();
        }

        public async ValueTask WakeAsync()
        {
            for (var i = 0; i < count; i++)
            {
                root.Send(_actors[i], i);
            }
            await _woken.WaitAsync();
            foreach (var actor in _actors)
            {
                root.Stop(actor);
            }
            Check.Equal("parked", Check.SumBelow(count), _sum);
        }

        private sealed class Actor(Round round) : IActor
        {
            public Task ReceiveAsync(IContext context)
            {
                switch (context.Message)
                {
                    case int value:
                        Interlocked.Add(ref round._sum, value);
                        round._woken.Done();
                        break;
                    case Started:
                        round._started.Done();
                        break;
                }
                return Task.CompletedTask;
            }
        }
    }
}
