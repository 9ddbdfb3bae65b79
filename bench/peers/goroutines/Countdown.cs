namespace Goroutines.Peers;

/// <summary>As much of a WaitGroup as the workloads need: counts down to zero once, for one who waits.</summary>
internal sealed class Countdown(int count)
{
    private readonly Chan<bool> _zero = new(1);
    private int _count = count;

    public void Done()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _zero.TrySend(true);
        }
    }

    public async ValueTask WaitAsync() => await _zero.ReceiveAsync();
}
