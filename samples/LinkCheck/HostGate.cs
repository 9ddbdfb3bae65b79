using Goroutines;

namespace LinkCheck;

/// <summary>Limits the requests to one host, in number at a time and to one per interval.</summary>
internal sealed class HostGate(int atOnce, TimeSpan interval)
{
    private readonly WeightedSemaphore _places = new(atOnce);
    private readonly GoMutex _turn = new();
    private DateTimeOffset _next;      // guarded by _turn, like _interval
    private TimeSpan _interval = interval;

    /// <summary>Waits for a place, and then for the time of the next request.</summary>
    /// <returns>The place, which must be disposed when the request has ended.</returns>
    internal async ValueTask<Holder> EnterAsync(CancellationToken cancellationToken)
    {
        Holder place = await _places.AcquireAsync(1, cancellationToken);
        try
        {
            // The goroutine whose turn it is waits while it holds the mutex, so that the others follow in order of arrival.
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

    /// <summary>Raises the interval to at least <paramref name="interval"/>.</summary>
    internal async ValueTask SlowDownAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        using (await _turn.LockAsync(cancellationToken))
        {
            _interval = interval > _interval ? interval : _interval;
            _next = Go.Now + _interval;
        }
    }

    /// <summary>Delays further requests by at least <paramref name="pause"/>, which the host has asked for.</summary>
    internal async ValueTask PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using (await _turn.LockAsync(cancellationToken))
        {
            DateTimeOffset until = Go.Now + pause;
            _next = until > _next ? until : _next;
        }
    }
}
