namespace Goroutines.Cluster.Engine;

/// <summary>The places of a served function, and the calls that have lately taken one. A request that arrives twice runs once.</summary>
/// <remarks>A call is at most once, however the network behaves. The library does not repeat a request after a server has begun it, so a request
/// that arrives twice was repeated on the way, soon after. How long an id is kept bounds the memory. Thread-safe.</remarks>
internal sealed class CallPlaces(TimeProvider clock, int places)
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = [];
    private readonly Queue<(string Id, long At)> _byAge = new();
    private int _taken;

    /// <summary>Takes a place for a call.</summary>
    /// <param name="id">The id of the call; null if the caller does not use this library.</param>
    /// <returns>Done: the place is taken, and <see cref="Leave"/> gives it back. Busy: none is free. Repeated: the call has had one.</returns>
    internal CallStatus Enter(string? id)
    {
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            while (_byAge.TryPeek(out (string Id, long At) oldest) && clock.GetElapsedTime(oldest.At, now) >= s_window)
            {
                _ids.Remove(oldest.Id);
                _byAge.Dequeue();
            }

            if (id is not null && _ids.Contains(id))
            {
                return CallStatus.Repeated;
            }

            if (_taken == places)
            {
                return CallStatus.Busy;
            }

            _taken++;
            if (id is not null)
            {
                _ids.Add(id);
                _byAge.Enqueue((id, now));
            }

            return CallStatus.Done;
        }
    }

    internal void Leave()
    {
        lock (_gate)
        {
            _taken--;
        }
    }
}
