namespace Goroutines.Net;

/// <summary>A goroutine for each connection.</summary>
public sealed partial class Listener
{
    private readonly List<CancelContext> _servers = [];

    /// <summary>
    /// Accepts until cancelled or disposed, and handles each connection in a goroutine of its own, which disposes of it at the
    /// end (the accept loop of Go's <c>net/http</c>). The loop itself is part of the caller: of its goroutine, or of its task.
    /// </summary>
    /// <param name="handler">Handles one connection. Its token is cancelled with <paramref name="cancellationToken"/>, and when accepting fails for good.</param>
    /// <param name="onError">Told of every exception that leaves a handler, and of every accept that fails: at the limit of
    /// descriptors or memory accepting pauses for 5 ms, doubled up to a second with each failure in a row, and goes on. May be called by
    /// several goroutines at once. What it throws goes to the panic handler, and the server goes on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A task that completes when the listener has been disposed or the token cancelled, and all handlers have ended: by
    /// the token, unless they watch it, only when they are through. Cancellation does not make it fail. Await it once.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="IOException">Accepting failed for good.</exception>
    public ValueTask ServeAsync(Func<Conn, CancellationToken, ValueTask> handler, Action<Exception> onError, CancellationToken cancellationToken = default)
        => ServeAsync(handler, onError, ServeOptions.Default, cancellationToken);

    /// <summary>As <see cref="ServeAsync(Func{Conn, CancellationToken, ValueTask}, Action{Exception}, CancellationToken)"/>, with bounds.</summary>
    /// <param name="handler">As there.</param>
    /// <param name="onError">As there.</param>
    /// <param name="options">How many connections at a time, and how long the handlers may take to end.</param>
    /// <param name="cancellationToken">As there.</param>
    /// <returns>As there.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="IOException">Accepting failed for good.</exception>
    /// <exception cref="TimeoutException">Handlers had not ended in time, although their tokens were cancelled and their connections closed. They go on.</exception>
    public ValueTask ServeAsync(Func<Conn, CancellationToken, ValueTask> handler, Action<Exception> onError, ServeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(onError);
        ArgumentNullException.ThrowIfNull(options);
        return new Server(this, handler, onError, options).RunAsync(cancellationToken);
    }

    /// <summary>Has a server told when the listener is disposed: it may be waiting for room, not for a connection.</summary>
    internal void Attach(CancelContext accepting)
    {
        bool disposed;
        lock (_servers)
        {
            disposed = _socket.IsDisposed;
            _servers.Add(accepting);
        }

        if (disposed)
        {
            accepting.Cancel();
        }
    }

    internal void Detach(CancelContext accepting)
    {
        lock (_servers)
        {
            _servers.Remove(accepting);
        }
    }

    private void EndServers()
    {
        CancelContext[] servers;
        lock (_servers)
        {
            servers = [.. _servers];
        }

        foreach (CancelContext accepting in servers)
        {
            accepting.Cancel();
        }
    }
}
