using System.Threading.Channels;

namespace Goroutines.Peers;

/// <summary>parked: n tasks waiting on one channel.</summary>
internal static class Parked
{
    public static ValueTask<Result> RunAsync(int n, Mode mode) => ParkedMeasure.RunAsync(n, mode, count => new Round(count));

    private sealed class Round(int count) : ParkedMeasure.IRound
    {
        private readonly Channel<int> _channel = Channel.CreateBounded<int>(0);
        private readonly Countdown _started = new(count);
        private readonly Countdown _woken = new(count);

        public async ValueTask SpawnAsync()
        {
            for (var i = 0; i < count; i++)
            {
                _ = Task.Run(async () =>
                {
                    _started.Done();
                    await _channel.Reader.ReadAsync();
                    _woken.Done();
                });
            }
            await _started.WaitAsync();
        }

        public async ValueTask WakeAsync()
        {
            for (var i = 0; i < count; i++)
            {
                await _channel.Writer.WriteAsync(i);
            }
            await _woken.WaitAsync();
        }
    }
}
