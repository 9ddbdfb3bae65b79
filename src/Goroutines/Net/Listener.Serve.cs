namespace Goroutines.Net;

/// <summary>Serves each connection in its own goroutine.</summary>
public sealed partial class Listener
{
    private readonly List<CancelContext> _servers = [];

    /// <summary>
    /// Accepts connections until it is cancelled or the listener is disposed, and handles each connection in its own goroutine, which
    /// disposes the connection at the end (the accept loop of Go's <c>net/http</c>). The loop itself runs in the caller's goroutine or task.
    /// </summary>
    /// <param name="handler">Handles one connection. Its token is cancelled with <paramref name="cancellationToken"/>, or, if there is a
    /// <see cref="ServeOptions.DrainTimeout"/>, that time later, and at once when accepting fails for good.</param>
    /// <param name="onError">Called with every exception that escapes a handler, and with every failure of an accept. At the limit of
    /// descriptors or memory, accepting pauses for 5 ms, doubled with each consecutive failure up to a second, and then continues. Several
    /// goroutines may call it at the same time. If it throws, the panic handler is called, and the server continues.</param>
    /// <param name="cancellationToken">Stops the server.</param>
    /// <returns>A task that completes when the listener has been disposed or the token cancelled, and all handlers have ended. A handler
    /// that does not observe its token ends only when it is done. Cancellation does not make the task fail. Await it once.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="IOException">Accepting failed for good.</exception>
    public ValueTask ServeAsync(Func<Conn, CancellationToken, ValueTask> handler, Action<Exception> onError, CancellationToken cancellationToken = default)
        => ServeAsync(handler, onError, ServeOptions.Default, cancellationToken);

    /// <summary>Does the same as <see cref="ServeAsync(Func{Conn, CancellationToken, ValueTask}, Action{Exception}, CancellationToken)"/>, with limits.</summary>
    /// <param name="handler">The same as there.</param>
    /// <param name="onError">The same as there.</param>
    /// <param name="options">The number of connections at a time, and the time that the handlers have to end.</param>
    /// <param name="cancellationToken">The same as there.</param>
    /// <returns>The same as there.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="IOException">Accepting failed for good.</exception>
    /// <exception cref="TimeoutException">Handlers did not end in time, although their tokens were cancelled and their connections closed. They keep running.</exception>
    public ValueTask ServeAsync(Func<Conn, CancellationToken, ValueTask> handler, Action<Exception> onError, ServeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(onError);
        ArgumentNullException.ThrowIfNull(options);
        return new Server(this, handler, onError, options).RunAsync(cancellationToken);
    }

    /// <summary>Registers a server to be notified when the listener is disposed: it may be waiting for room rather than for a connection.</summary>
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
