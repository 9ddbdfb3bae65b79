using Goroutines;

namespace Tour;

/// <summary>Counts down to zero, then closes a channel.</summary>
internal sealed class Countdown(int count)
{
    private readonly Chan<int> _zero = new();
    private int _left = count;

    internal int Left => Volatile.Read(ref _left);

    /// <summary>Closed when the count has come to zero.</summary>
    internal Receiver<int> Zero => _zero;

    internal void Signal()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _zero.Close();
        }
    }
}
