namespace Goroutines.Peers;

/// <summary>What a WaitGroup is to the Go peer.</summary>
internal sealed class Countdown(int count)
{
    private readonly TaskCompletionSource _zero = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = count;

    public void Done()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _zero.SetResult();
        }
    }

    public Task WaitAsync() => _zero.Task;
}
