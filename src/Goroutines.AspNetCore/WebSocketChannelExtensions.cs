using System.Net.WebSockets;
using Goroutines.AspNetCore.Internal;

namespace Goroutines.AspNetCore;

/// <summary>Connects WebSockets to channels.</summary>
public static class WebSocketChannelExtensions
{
    /// <summary>Serves a WebSocket with a body that receives messages from one channel and sends messages to another.</summary>
    /// <param name="socket">The WebSocket, accepted and not used yet. It is not disposed.</param>
    /// <param name="body">The body, which runs as a goroutine. Its receiver is closed when the client has closed the WebSocket or has gone.
    /// Its context is cancelled when the connection breaks or <paramref name="cancellationToken"/> is cancelled. When the body returns, the
    /// messages in the outgoing channel are sent, and the WebSocket is closed.</param>
    /// <param name="options">The settings; <see langword="null"/> means the defaults.</param>
    /// <param name="cancellationToken">The request's token, which cancels the body.</param>
    /// <returns>A task that completes when the body has ended and the WebSocket is closed. It fails with the body's exception, if there is
    /// one. A client that has gone is not a failure.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> or <paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static ValueTask ServeAsync(
        this WebSocket socket,
        Func<Receiver<WebSocketMessage>, Sender<WebSocketMessage>, GoContext, ValueTask> body,
        WebSocketChannelOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(body);
        options ??= new WebSocketChannelOptions();
        options.Validate();
        return new WebSocketPumps(socket, options).RunAsync(body, cancellationToken);
    }
}
