using System.Net.WebSockets;
using Goroutines.AspNetCore.Internal;

namespace Goroutines.AspNetCore;

/// <summary>WebSockets to and from channels.</summary>
public static class WebSocketChannelExtensions
{
    /// <summary>Serves a WebSocket by a body that receives its messages from one channel and sends to another.</summary>
    /// <param name="socket">The WebSocket, accepted and not used yet. It is not disposed of.</param>
    /// <param name="body">Runs as a goroutine. The receiver is closed when the client has closed or gone; the context is cancelled when the connection is
    /// broken, or <paramref name="cancellationToken"/> is. When the body returns, what is in the outgoing channel is sent, and the WebSocket closed.</param>
    /// <param name="options">Settings; <see langword="null"/>: the defaults.</param>
    /// <param name="cancellationToken">The request's: cancels the body.</param>
    /// <returns>A task that ends when the body has and the WebSocket is closed. It has the body's exception, if there is one; that the client is gone is none.</returns>
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
