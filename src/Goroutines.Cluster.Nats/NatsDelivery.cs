using System.Buffers;
using System.Globalization;
using System.Text;
using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster.Nats;

/// <summary>A message that this process holds. The server confirms every answer about it, with one exception: after a restart, it does not answer
/// the acknowledgement of a message whose delivery it has forgotten. Only the stream can tell then, so a repetition asks that first. If the message is
/// there and a second acknowledgement has no answer either, the server delivers it again, so it is no longer held.</summary>
internal sealed class NatsDelivery(
    NatsEngine engine, string stream, string ackSubject, EngineMessage message, long sequence, int attempt, DateTimeOffset storedAt, long heldSince)
    : EngineDelivery(message, sequence, attempt, storedAt, heldSince)
{
    private static readonly byte[] s_ack = [.. "+ACK"u8];
    private static readonly byte[] s_nak = [.. "-NAK"u8];
    private static readonly byte[] s_progress = [.. "+WPI"u8];

    private static readonly NatsRead<Unit> s_confirmation = static (in _) => default;

    private int _acknowledgements; // that were sent, one after the other

    /// <summary>Reads the server's data about a message from the subject for its acknowledgement:
    /// <c>$JS.ACK[.domain.account].stream.consumer.delivered.stream-sequence.consumer-sequence.nanoseconds.pending[.token]</c>.</summary>
    internal static NatsDelivery? From(NatsEngine engine, string stream, ValueHeaders headers, in NatsArrival message, long heldSince)
    {
        if (message.ReplyTo is not { } subject || !subject.StartsWith("$JS.ACK.", StringComparison.Ordinal))
        {
            return null;
        }

        Span<Range> parts = stackalloc Range[13];
        ReadOnlySpan<char> text = subject;
        int count = text.Split(parts, '.');
        int at = count >= 11 ? 6 : 4;
        if (count <= at + 3
            || !int.TryParse(text[parts[at]], CultureInfo.InvariantCulture, out int attempt)
            || !long.TryParse(text[parts[at + 1]], CultureInfo.InvariantCulture, out long sequence)
            || !long.TryParse(text[parts[at + 3]], CultureInfo.InvariantCulture, out long nanoseconds))
        {
            return null;
        }

        IReadOnlyDictionary<string, string> others = headers.Read(message.Headers, out string id);
        if (id.Length == 0)
        {
            id = sequence.ToString(CultureInfo.InvariantCulture); // sent by a program that does not use this library
        }

        return new NatsDelivery(
            engine, stream, subject, new EngineMessage(id, message.Payload.ToArray(), others), sequence, attempt,
            DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100), heldSince);
    }

    internal override async ValueTask<Unit> AckAsync(CancellationToken cancellationToken)
    {
        if (_acknowledgements > 0 && await IsRemovedAsync(cancellationToken))
        {
            return default;
        }

        if (_acknowledgements > 1)
        {
            throw new LeaseLostException($"value {Message.Id} is held no longer: the server has forgotten its delivery, and delivers it again");
        }

        _acknowledgements++;
        return await TellAsync(
            s_ack, "take an acknowledgement", cancellationToken, _acknowledgements == 1 ? null : engine.Options.RequestTimeout / 4); // it has just answered
    }

    internal override ValueTask<Unit> NakAsync(TimeSpan delay, CancellationToken cancellationToken)
        => TellAsync(
            delay <= TimeSpan.Zero ? s_nak
                : Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"-NAK {{\"delay\": {delay.Ticks * 100}}}")),
            "take a value back", cancellationToken);

    internal override ValueTask<Unit> ProgressAsync(CancellationToken cancellationToken) => TellAsync(s_progress, "take a sign of life", cancellationToken);

    private async ValueTask<bool> IsRemovedAsync(CancellationToken cancellationToken)
        => await engine.AskAsync(
            static (engine, state, cancel) => engine.GetMessageAsync(state.stream, StoredMessage.Request(state.Sequence, null, null), cancel),
            (stream, Sequence), "say whether it stores a value", cancellationToken) is null;

    private ValueTask<Unit> TellAsync(byte[] what, string words, CancellationToken cancellationToken, TimeSpan? timeout = null)
        => engine.AskAsync(TellOnceAsync, (ackSubject, what), words, cancellationToken, timeout);

    private static ValueTask<Unit> TellOnceAsync(NatsEngine engine, (string Subject, byte[] What) state, CancellationToken cancellationToken)
        => engine.Replies.RequestAsync(state.Subject, state.What, null, s_confirmation, cancellationToken);
}
