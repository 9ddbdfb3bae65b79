namespace Goroutines.Peers;

/// <summary>parked: n goroutines waiting on one channel.</summary>
internal static class Parked
{
    public static ValueTask<Result> RunAsync(int n, Mode mode) => ParkedMeasure.RunAsync(n, mode, count => new Round(count));

    private sealed class Round(int count) : ParkedMeasure.IRound
    {
        private readonly Chan<int> _channel = new();
        private readonly WaitGroup _started = new();
        private readonly WaitGroup _woken = new();

        public async ValueTask SpawnAsync()
        {
            _started.Add(count);
            _woken.Add(count);
            for (var i = 0; i < count; i++)
            {
                Go.Spawn(
                    static async round =>
                    {
                        round._started.Done();
                        await round._channel.ReceiveAsync();
                        round._woken.Done();
                    },
                    this);
            }
            await _started.WaitAsync();
        }

        public async ValueTask WakeAsync()
        {
            for (var i = 0; i < count; i++)
            {
                await _channel.SendAsync(i);
            }
            await _woken.WaitAsync();
        }
    }
}
