using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>A goroutine for each connection.</summary>
public sealed partial class Listener
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Accepts until cancelled or disposed, and handles each connection in a goroutine of its own, which disposes of it at the
    /// end (the accept loop of Go's <c>net/http</c>). The loop itself is part of the caller: of its goroutine, or of its task.
    /// </summary>
    /// <param name="handler">Handles one connection. Its token is cancelled with <paramref name="cancellationToken"/>.</param>
    /// <param name="onError">Told of every exception that leaves a handler, and of every accept that fails: at the limit of
    /// descriptors or memory accepting pauses for 5 ms, doubled up to a second with each failure in a row, and goes on. May be called by
    /// several goroutines at once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A task that ends when the listener has been disposed or the token cancelled, and all handlers have ended: by
    /// the token, unless they watch it, only when they are through. Cancellation does not make it fail. Await it once.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="IOException">Accepting failed for good.</exception>
    public ValueTask ServeAsync(Func<Conn, CancellationToken, ValueTask> handler, Action<Exception> onError, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(onError);
        return Go.ScopeAsync(async scope =>
        {
            TimeSpan pause = TimeSpan.Zero;
            try
            {
                while (true)
                {
                    Conn connection;
                    try
                    {
                        connection = await AcceptAsync(cancellationToken);
                    }
                    catch (IOException exception) when (IsTemporary(exception))
                    {
                        onError(exception);
                        pause = pause == TimeSpan.Zero ? s_firstPause : pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
                        await Go.SleepAsync(pause, cancellationToken);
                        continue;
                    }

                    pause = TimeSpan.Zero;
                    scope.Spawn(() => HandleAsync(connection, handler, onError, cancellationToken));
                }
            }
            catch (ObjectDisposedException)
            {
                // The listener has been disposed: the way to end it.
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Likewise.
            }
        }, CancellationToken.None);
    }

    private static async ValueTask HandleAsync(Conn connection, Func<Conn, CancellationToken, ValueTask> handler, Action<Exception> onError, CancellationToken cancellationToken)
    {
        await using (connection)
        {
            try
            {
                await handler(connection, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // As asked.
            }
            catch (Exception exception)
            {
                onError(exception);
            }
        }
    }

    private static bool IsTemporary(IOException exception) => exception.InnerException is SocketException
    {
        SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.ConnectionReset or SocketError.ConnectionAborted,
    };
}
