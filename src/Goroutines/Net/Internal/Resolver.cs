using System.Net;

namespace Goroutines.Net;

/// <summary>Looks up host names on threads of its own (net/cgo_unix.go: one thread for each <c>getaddrinfo</c>; net/lookup.go:
/// <c>lookupGroup</c>).</summary>
/// <remarks>
/// <para><c>getaddrinfo</c> blocks its thread for seconds when a name server is silent. The framework's asynchronous form calls it on a
/// pool thread, so a dial would depend on a free one. A blocking region of the dialing goroutine would not, but then its runtime could
/// not be stopped before a look-up that was given up long ago returns. So the threads belong to no runtime. There are at most
/// <c>mostThreads</c>; one starts when a look-up finds none idle, and ends after <see cref="IdleMilliseconds"/> without a look-up.</para>
/// <para>Callers that look up one name at the same time share one look-up, which continues if a caller is cancelled. <c>_lock</c>
/// guards all fields; idle threads wait on it.</para>
/// </remarks>
internal sealed class Resolver(Func<string, IPAddress[]> lookUp, int mostThreads)
{
    private const int IdleMilliseconds = 10_000;

    private readonly object _lock = new();
    private readonly Dictionary<string, Lookup> _underWay = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<Lookup> _waiting = new();
    private int _threads;
    private int _idle;

    /// <summary>The system's resolver.</summary>
    internal static Resolver System { get; } = new(Dns.GetHostAddresses, mostThreads: 64);

    /// <exception cref="global::System.Net.Sockets.SocketException">The name can't be resolved.</exception>
    internal async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Task<Answer> answer = Find(host);
        (IPAddress[]? addresses, Exception? failure) = await answer.WaitAsync(cancellationToken);
        return failure switch
        {
            null => addresses!,
            // Each caller gets an exception of its own.
            global::System.Net.Sockets.SocketException refused => throw new global::System.Net.Sockets.SocketException((int)refused.SocketErrorCode, refused.Message),
            _ => throw new InvalidOperationException($"The look-up of \"{host}\" failed: {failure.Message}", failure),
        };
    }

    private Task<Answer> Find(string host)
    {
        Lookup? lookup;
        lock (_lock)
        {
            if (_underWay.TryGetValue(host, out lookup))
            {
                return lookup.Task;
            }

            lookup = new Lookup(host);
            _underWay.Add(host, lookup);
            _waiting.Enqueue(lookup);
            if (_waiting.Count <= _idle)
            {
                Monitor.Pulse(_lock);
                return lookup.Task;
            }

            if (_threads == mostThreads)
            {
                return lookup.Task;
            }

            _threads++;
        }

        try
        {
            new Thread(Work) { IsBackground = true, Name = "Goroutines resolver" }.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            lock (_lock)
            {
                if (--_threads == 0)
                {
                    while (_waiting.TryDequeue(out Lookup? lost))
                    {
                        _underWay.Remove(lost.Host);
                        lost.SetResult(new Answer(null, exception));
                    }
                }
            }
        }

        return lookup.Task;
    }

    private void Work()
    {
        while (Next() is { } lookup)
        {
            Answer answer;
            try
            {
                answer = new Answer(lookUp(lookup.Host), null);
            }
            catch (Exception exception)
            {
                answer = new Answer(null, exception);
            }

            lock (_lock)
            {
                _underWay.Remove(lookup.Host);
            }

            lookup.SetResult(answer);
        }
    }

    private Lookup? Next()
    {
        lock (_lock)
        {
            while (true)
            {
                if (_waiting.TryDequeue(out Lookup? lookup))
                {
                    return lookup;
                }

                _idle++;
                bool pulsed = Monitor.Wait(_lock, IdleMilliseconds);
                _idle--;
                if (!pulsed && _waiting.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }
        }
    }

    /// <summary>The outcome of a look-up. A failure is a value, so it is no unobserved exception if no caller waits any more.</summary>
    private readonly record struct Answer(IPAddress[]? Addresses, Exception? Failure);

    /// <summary>One look-up. Its continuations only wake goroutines, so they may run on the resolver's thread.</summary>
    private sealed class Lookup(string host) : TaskCompletionSource<Answer>
    {
        internal string Host => host;
    }
}
