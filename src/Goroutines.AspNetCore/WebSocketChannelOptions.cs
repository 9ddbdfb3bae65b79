namespace Goroutines.AspNetCore;

/// <summary>Settings of a WebSocket that is served through channels.</summary>
public sealed class WebSocketChannelOptions
{
    /// <summary>The longest message that is received, in bytes. A longer one closes the connection (1009, message too big). Default: one mebibyte.</summary>
    public int LongestMessage { get; set; } = 1 << 20;

    /// <summary>How many received messages may wait for the body. Default: 0: each is handed over directly, and no more is read meanwhile.</summary>
    public int IncomingCapacity { get; set; }

    /// <summary>How many messages may wait to be sent. Default: 16.</summary>
    public int OutgoingCapacity { get; set; } = 16;

    /// <summary>How long the end waits for what is left to be sent and for the client to close, too. Default: 5 seconds.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The runtime whose goroutines serve it. Default: null, which means the calling goroutine's, else <see cref="GoRuntime.Default"/>.</summary>
    public GoRuntime? Runtime { get; set; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestMessage, 1, nameof(LongestMessage));
        ArgumentOutOfRangeException.ThrowIfNegative(IncomingCapacity, nameof(IncomingCapacity));
        ArgumentOutOfRangeException.ThrowIfNegative(OutgoingCapacity, nameof(OutgoingCapacity));
        ArgumentOutOfRangeException.ThrowIfLessThan(CloseTimeout, TimeSpan.Zero, nameof(CloseTimeout));
    }
}
