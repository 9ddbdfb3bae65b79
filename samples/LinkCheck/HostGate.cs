using Goroutines;

namespace LinkCheck;

/// <summary>Lets requests through to one host: only so many at a time, and not faster than one an interval.</summary>
internal sealed class HostGate(int atOnce, TimeSpan interval)
{
    private readonly WeightedSemaphore _places = new(atOnce);
    private readonly GoMutex _turn = new();
    private DateTimeOffset _next;      // guarded by _turn, as _interval is
    private TimeSpan _interval = interval;

    /// <summary>Waits for a place and for the time of the next request.</summary>
    /// <returns>The place, to be disposed when the request has ended.</returns>
    internal async ValueTask<Holder> EnterAsync(CancellationToken cancellationToken)
    {
        Holder place = await _places.AcquireAsync(1, cancellationToken);
        try
        {
            // Whose turn it is waits with the mutex, so that the others follow in the order in which they came.
            using (await _turn.LockAsync(cancellationToken))
            {
                await Go.SleepUntilAsync(_next, cancellationToken);
                _next = Go.Now + _interval;
            }

            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>Makes the interval at least so long.</summary>
    internal async ValueTask SlowDownAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        using (await _turn.LockAsync(cancellationToken))
        {
            _interval = interval > _interval ? interval : _interval;
            _next = Go.Now + _interval;
        }
    }

    /// <summary>Lets no further request through before so much time has passed: the host asked for it.</summary>
    internal async ValueTask PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using (await _turn.LockAsync(cancellationToken))
        {
            DateTimeOffset until = Go.Now + pause;
            _next = until > _next ? until : _next;
        }
    }
}
