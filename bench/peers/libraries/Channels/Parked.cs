using System.Threading.Channels;

namespace Goroutines.Peers.Channels;

/// <summary>parked: n tasks waiting on one channel.</summary>
internal static class Parked
{
    public static ValueTask<Result> RunAsync(Mailboxes mailboxes, int n, Mode mode) =>
        ParkedMeasure.RunAsync(n, mode, count => new Round(mailboxes.ManyToMany<int>(), count));

    private sealed class Round(Channel<int> channel, int count) : ParkedMeasure.IRound
    {
        private readonly Countdown _started = new(count);
        private readonly Countdown _woken = new(count);
        private long _sum;

        public async ValueTask SpawnAsync()
        {
            for (var i = 0; i < count; i++)
            {
                _ = Task.Run(async () =>
                {
                    _started.Done();
                    Interlocked.Add(ref _sum, await channel.Reader.ReadAsync());
                    _woken.Done();
                });
            }
            await _started.WaitAsync();
        }

        public async ValueTask WakeAsync()
        {
            for (var i = 0; i < count; i++)
            {
                channel.Writer.TryWrite(i);
            }
            await _woken.WaitAsync();
            Check.Equal("parked", Check.SumBelow(count), _sum);
        }
    }
}
