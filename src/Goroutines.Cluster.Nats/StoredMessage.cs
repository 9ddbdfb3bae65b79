using System.Buffers;
using System.Text.Json;
using NATS.Client.JetStream.Models;

namespace Goroutines.Cluster.Nats;

/// <summary>A message as the server returns it from a stream.</summary>
internal sealed record StoredMessage(long Sequence, ReadOnlyMemory<byte> Payload, byte[] HeaderBytes, DateTimeOffset At)
{
    internal Dictionary<string, string> Headers => HeaderBlock.Parse(HeaderBytes);

    /// <summary>Writes a request for a message: the one with a number, the first one of a subject from a number on, or the last one of a subject.</summary>
    internal static ReadOnlyMemory<byte> Request(long sequence, string? nextOf, string? lastOf)
    {
        ArrayBufferWriter<byte> bytes = new();
        using Utf8JsonWriter json = new(bytes);
        json.WriteStartObject();
        if (lastOf is not null)
        {
            json.WriteString("last_by_subj"u8, lastOf);
        }
        else
        {
            json.WriteNumber("seq"u8, sequence);
            if (nextOf is not null)
            {
                json.WriteString("next_by_subj"u8, nextOf);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    /// <summary>Reads the answer to such a request.</summary>
    internal static (StoredMessage? Message, ApiError? Error) Read(in NatsArrival answer)
    {
        if (answer.Payload.IsEmpty)
        {
            return default; // a status of the server
        }

        Utf8JsonReader json = new(answer.Payload);
        StoredMessage? message = null;
        ApiError? error = null;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("message"u8))
            {
                json.Read();
                message = ReadMessage(ref json);
            }
            else if (json.ValueTextEquals("error"u8))
            {
                json.Read();
                error = PublishAnswer.ReadError(ref json);
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return (message, error);
    }

    private static StoredMessage ReadMessage(ref Utf8JsonReader json)
    {
        StoredMessage message = new(0, default, [], default);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("seq"u8))
            {
                json.Read();
                message = message with { Sequence = json.GetInt64() };
            }
            else if (json.ValueTextEquals("data"u8))
            {
                json.Read();
                message = message with { Payload = json.GetBytesFromBase64() };
            }
            else if (json.ValueTextEquals("hdrs"u8))
            {
                json.Read();
                message = message with { HeaderBytes = json.GetBytesFromBase64() };
            }
            else if (json.ValueTextEquals("time"u8))
            {
                json.Read();
                message = message with { At = json.GetDateTimeOffset() };
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return message;
    }
}
