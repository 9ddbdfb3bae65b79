using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>parked: n blocks that have run once and wait for a number.</summary>
internal static class Parked
{
    private const int Started = -1;

    public static ValueTask<Result> RunAsync(int n, Mode mode) => ParkedMeasure.RunAsync(n, mode, count => new Round(count));

    private sealed class Round(int count) : ParkedMeasure.IRound
    {
        private readonly ActionBlock<int>[] _blocks = new ActionBlock<int>[count];
        private readonly Countdown _started = new(count);
        private readonly Countdown _woken = new(count);
        private long _sum;

        public async ValueTask SpawnAsync()
        {
            for (var i = 0; i < count; i++)
            {
                _blocks[i] = new ActionBlock<int>(Receive);
                _blocks[i].Post(Started);
            }
            await _started.WaitAsync();
        }

        public async ValueTask WakeAsync()
        {
            for (var i = 0; i < count; i++)
            {
                _blocks[i].Post(i);
            }
            await _woken.WaitAsync();
            Check.Equal("parked", Check.SumBelow(count), _sum);
        }

        private void Receive(int value)
        {
            if (value == Started)
            {
                _started.Done();
                return;
            }
            Interlocked.Add(ref _sum, value);
            _woken.Done();
        }
    }
}
