namespace Goroutines.AspNetCore;

/// <summary>The settings of a WebSocket that is served through channels.</summary>
public sealed class WebSocketChannelOptions
{
    /// <summary>Gets or sets the maximum length of a received message, in bytes. A longer one closes the connection (1009, message too
    /// big). The default is one mebibyte.</summary>
    public int LongestMessage { get; set; } = 1 << 20;

    /// <summary>Gets or sets how many received messages may wait for the body. With 0, the default, each message is handed over directly,
    /// and no more are read meanwhile.</summary>
    public int IncomingCapacity { get; set; }

    /// <summary>Gets or sets how many messages may wait to be sent. The default is 16.</summary>
    public int OutgoingCapacity { get; set; } = 16;

    /// <summary>Gets or sets how long, after the end of the body, the remaining messages may take to be sent and the client may take to
    /// close. The default is 5 seconds.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the runtime whose goroutines serve the WebSocket. If it is null, the default, it is the calling goroutine's;
    /// outside of a goroutine, <see cref="GoRuntime.Default"/>.</summary>
    public GoRuntime? Runtime { get; set; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestMessage, 1, nameof(LongestMessage));
        ArgumentOutOfRangeException.ThrowIfNegative(IncomingCapacity, nameof(IncomingCapacity));
        ArgumentOutOfRangeException.ThrowIfNegative(OutgoingCapacity, nameof(OutgoingCapacity));
        ArgumentOutOfRangeException.ThrowIfLessThan(CloseTimeout, TimeSpan.Zero, nameof(CloseTimeout));
    }
}
