using System.Buffers;
using NATS.Client.Core;

namespace Goroutines.Cluster.Nats;

/// <summary>A message that has just been read from the connection. Its buffers are valid only during the call that gets it.</summary>
internal readonly record struct NatsArrival(string Subject, string? ReplyTo, ReadOnlySequence<byte>? Headers, ReadOnlySequence<byte> Payload);

/// <summary>A subscription whose messages are handed over in the flow that reads the connection, without a queue and a task in between.</summary>
/// <remarks>The callback may neither wait nor run code of the program, nor throw: all other messages of the connection wait for them.</remarks>
/// <param name="connection">The connection.</param>
/// <param name="subject">The subject.</param>
/// <param name="queueGroup">The queue group; null for none.</param>
/// <param name="arrived">Called with each message.</param>
internal sealed class NatsListener(NatsConnection connection, string subject, string? queueGroup, Action<NatsArrival> arrived)
    : NatsSubBase(connection, ((INatsConnection)connection).SubscriptionManager, subject, queueGroup, null), IAsyncDisposable
{
    protected override ValueTask ReceiveInternalAsync(string subject, string? replyTo, ReadOnlySequence<byte>? headersBuffer, ReadOnlySequence<byte> payloadBuffer)
    {
        arrived(new NatsArrival(subject, replyTo, headersBuffer, payloadBuffer));
        return default;
    }

    /// <summary>Gets or sets what is called when the subscription has ended.</summary>
    internal Action<NatsListener>? Ended { get; set; }

    protected override void TryComplete() => Ended?.Invoke(this);
}
