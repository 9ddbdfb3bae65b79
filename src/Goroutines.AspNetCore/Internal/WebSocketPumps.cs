using System.Buffers;
using System.Net.WebSockets;

namespace Goroutines.AspNetCore.Internal;

/// <summary>The two goroutines between a WebSocket and its channels.</summary>
/// <remarks>A WebSocket allows one reader and one writer. The reader closes the incoming channel when no more messages will come; the
/// writer ends when the outgoing channel is closed and drained. A broken connection cancels the body's context, and messages sent after
/// that are dropped.</remarks>
internal sealed class WebSocketPumps(WebSocket socket, WebSocketChannelOptions options)
{
    private readonly Chan<WebSocketMessage> _incoming = new(options.IncomingCapacity);
    private readonly Chan<WebSocketMessage> _outgoing = new(options.OutgoingCapacity);

    internal async ValueTask RunAsync(Func<Receiver<WebSocketMessage>, Sender<WebSocketMessage>, GoContext, ValueTask> body, CancellationToken cancellationToken)
    {
        GoRuntime runtime = options.Runtime ?? GoRuntime.Current;
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource over = new();
        Task reading = runtime.Run(() => ReadAsync(broken, over.Token)).AsTask();
        Task writing = runtime.Run(() => WriteAsync(broken, over.Token)).AsTask();
        Task serving = runtime.Run(() => body(_incoming, _outgoing, GoContext.From(broken.Token))).AsTask();

        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _outgoing.TryClose();
        _ = runtime.Run(DropAsync); // messages that the body does not take must not keep the reader from the client's close
        over.CancelAfter(options.CloseTimeout);
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (socket.State is not (WebSocketState.Closed or WebSocketState.Aborted))
        {
            socket.Abort();
        }

        try
        {
            await serving.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (broken.IsCancellationRequested)
        {
            // The client has gone, which ended the body.
        }
    }

    private async ValueTask DropAsync()
    {
        while ((await _incoming.ReceiveAsync()).Ok)
        {
        }
    }

    private async ValueTask ReadAsync(CancellationTokenSource broken, CancellationToken over)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        int length = 0;
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(length), over);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                length += received.Count;
                if (length > options.LongestMessage)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, $"The longest message is {options.LongestMessage} bytes.", over);
                    await broken.CancelAsync();
                    return;
                }

                if (received.EndOfMessage)
                {
                    await _incoming.SendAsync(new WebSocketMessage(buffer.AsSpan(0, length).ToArray(), received.MessageType == WebSocketMessageType.Text), over);
                    length = 0;
                }
                else if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            await broken.CancelAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _incoming.Close();
        }
    }

    private async ValueTask WriteAsync(CancellationTokenSource broken, CancellationToken over)
    {
        try
        {
            await foreach (WebSocketMessage message in _outgoing)
            {
                await socket.SendAsync(message.Data, message.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, over);
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, over);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            await broken.CancelAsync();
            await foreach (WebSocketMessage _ in _outgoing)
            {
                // Dropped: the body must not wait for a client that has gone.
            }
        }
    }
}
