using Goroutines;

namespace Balancer;

/// <summary>Chooses backends, and learns from the outcomes of requests. Any goroutine may call it; the lock is held for a few
/// instructions.</summary>
internal sealed class BackendPool
{
    private const int MostEjectionFactor = 10;

    /// <summary>The limit is meant to be shorter than the time after which backends close idle connections.</summary>
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly Backend[] _backends;
    private int _next;
    private long _retries;
    private long _refused;

    internal BackendPool(BalancerOptions options)
    {
        Options = options;
        _backends = [.. options.Backends.Select(address => new Backend(address))];
    }

    internal BalancerOptions Options { get; }

    internal IReadOnlyList<Backend> Backends => _backends;

    /// <summary>Gets the durations of the requests.</summary>
    internal Histogram Durations { get; } = new();

    /// <summary>Chooses a backend and counts a request as under way there, until <see cref="Return"/>.</summary>
    /// <param name="tried">Backends at which the request has failed. They are chosen only if there is no other.</param>
    /// <returns>The backend; <see langword="null"/> if none is healthy.</returns>
    internal Backend? Take(IReadOnlyCollection<Backend> tried)
    {
        lock (_gate)
        {
            DateTimeOffset now = Go.Now;
            Backend? best = null;
            int bestRank = int.MaxValue;
            int start = _next;
            for (int i = 0; i < _backends.Length; i++)
            {
                Backend backend = _backends[(start + i) % _backends.Length];

                // Ejection is a guess, so an ejected backend is used if there is no other.
                int rank = (backend.EjectedUntil > now ? 1 : 0) + (tried.Contains(backend) ? 2 : 0);
                bool isLess = Options.Policy == Policy.LeastConnections && rank == bestRank && backend.Active < best!.Active;
                if (backend.IsHealthy && (rank < bestRank || isLess))
                {
                    (best, bestRank) = (backend, rank);
                }
            }

            if (best is null)
            {
                _refused++;
                return null;
            }

            _next = (Array.IndexOf(_backends, best) + 1) % _backends.Length;
            _retries += tried.Count > 0 ? 1 : 0;
            best.Active++;
            best.Requests++;
            return best;
        }
    }

    /// <summary>Returns a backend.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="succeeded">Whether the request succeeded; <see langword="null"/> if the client ended it, which says nothing about the
    /// backend.</param>
    internal void Return(Backend backend, bool? succeeded)
    {
        lock (_gate)
        {
            backend.Active--;
            switch (succeeded)
            {
                case true:
                    backend.FailuresInARow = 0;
                    backend.EjectionsInARow = 0;
                    break;
                case false:
                    backend.Failures++;
                    backend.FailuresInARow++;
                    DateTimeOffset now = Go.Now;
                    if (backend.FailuresInARow >= Options.EjectAfter && backend.EjectedUntil <= now)
                    {
                        backend.Ejections++;
                        backend.EjectionsInARow++;
                        backend.FailuresInARow = Options.EjectAfter - 1;     // after the ejection, one more failure is enough
                        backend.EjectedUntil = now + (Options.EjectFor * Math.Min(backend.EjectionsInARow, MostEjectionFactor));
                    }

                    break;
            }
        }
    }

    /// <summary>Records the result of a health check.</summary>
    internal void Judge(Backend backend, bool isHealthy)
    {
        lock (_gate)
        {
            backend.ChecksAgainst = isHealthy == backend.IsHealthy ? 0 : backend.ChecksAgainst + 1;
            if (backend.ChecksAgainst >= (isHealthy ? Options.Rise : Options.Fall))
            {
                backend.IsHealthy = isHealthy;
                backend.ChecksAgainst = 0;
            }
        }
    }

    /// <summary>Takes the youngest idle connection to a backend. If even that one is too old, closes all of them.</summary>
    internal HttpEnd? TakeIdle(Backend backend)
    {
        lock (_gate)
        {
            if (backend.Idle.TryPop(out (HttpEnd End, DateTimeOffset Since) idle))
            {
                if (Go.Now - idle.Since < s_idleLimit)
                {
                    return idle.End;
                }

                idle.End.Dispose();
                Close(backend);      // the remaining ones are older
            }

            return null;
        }
    }

    /// <summary>Keeps a connection for a later request.</summary>
    internal void KeepIdle(Backend backend, HttpEnd end)
    {
        lock (_gate)
        {
            backend.Idle.Push((end, Go.Now));
        }
    }

    /// <summary>Closes a backend's idle connections. One of them was found closed, so the others probably are as well.</summary>
    internal void CloseIdle(Backend backend)
    {
        lock (_gate)
        {
            Close(backend);
        }
    }

    /// <summary>Closes all idle connections.</summary>
    internal void CloseIdle() => Array.ForEach(_backends, CloseIdle);

    /// <summary>Returns the metrics in Prometheus' text format.</summary>
    internal string Metrics()
    {
        lock (_gate)
        {
            DateTimeOffset now = Go.Now;
            var text = new MetricsText();
            text.Add("balancer_backend_up", "gauge", "Whether the health checks want the backend in.", _backends, backend => backend.IsHealthy ? 1 : 0);
            text.Add("balancer_backend_ejected", "gauge", "Whether the backend is ejected after failures.", _backends, backend => backend.EjectedUntil > now ? 1 : 0);
            text.Add("balancer_backend_active", "gauge", "Requests or tunnels under way.", _backends, backend => backend.Active);
            text.Add("balancer_backend_idle_connections", "gauge", "Connections kept for later requests.", _backends, backend => backend.Idle.Count);
            text.Add("balancer_backend_requests_total", "counter", "Requests or tunnels given to the backend.", _backends, backend => backend.Requests);
            text.Add("balancer_backend_failures_total", "counter", "Those that failed there.", _backends, backend => backend.Failures);
            text.Add("balancer_backend_ejections_total", "counter", "Times that the backend was ejected.", _backends, backend => backend.Ejections);
            text.Add("balancer_retries_total", "counter", "Requests sent to a further backend.", _retries);
            text.Add("balancer_refused_total", "counter", "Requests that found no healthy backend.", _refused);
            text.Add("balancer_request_duration_seconds", "Times from the head of a request to the end of its answer.", Durations);
            return text.ToString();
        }
    }

    /// <summary>Returns whether any backend is healthy.</summary>
    internal bool HasHealthy()
    {
        lock (_gate)
        {
            return Array.Exists(_backends, backend => backend.IsHealthy);
        }
    }

    private static void Close(Backend backend)
    {
        while (backend.Idle.TryPop(out (HttpEnd End, DateTimeOffset) idle))
        {
            idle.End.Dispose();
        }
    }
}
