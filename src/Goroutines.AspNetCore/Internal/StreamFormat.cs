using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Goroutines.AspNetCore.Internal;

/// <summary>The format in which values are written to a stream.</summary>
internal abstract class StreamFormat<T>
{
    internal abstract string ContentType { get; }

    /// <summary>The bytes that show that the stream is alive without sending a value; empty if the format has none.</summary>
    internal virtual ReadOnlySpan<byte> Heartbeat => default;

    internal abstract void Write(IBufferWriter<byte> to, T value, JsonTypeInfo<T> type);

    private protected static void WriteJson(IBufferWriter<byte> to, T value, JsonTypeInfo<T> type)
    {
        // Always one line, whatever the options say about indentation.
        using Utf8JsonWriter writer = new(to, new JsonWriterOptions { Encoder = type.Options.Encoder });
        JsonSerializer.Serialize(writer, value, type);
    }
}

/// <summary>Writes a value as a line of JSON.</summary>
internal sealed class JsonLineFormat<T> : StreamFormat<T>
{
    internal override string ContentType => "application/jsonl; charset=utf-8";

    internal override void Write(IBufferWriter<byte> to, T value, JsonTypeInfo<T> type)
    {
        WriteJson(to, value, type);
        to.Write("\n"u8);
    }
}

/// <summary>Writes a value as a server-sent event.</summary>
internal sealed class EventFormat<T> : StreamFormat<T>
{
    private readonly byte[] _head;

    internal EventFormat(string? eventType)
    {
        if (eventType is not null && eventType.AsSpan().ContainsAny('\r', '\n'))
        {
            throw new ArgumentException("The type of an event has no line breaks.", nameof(eventType));
        }

        _head = eventType is null ? [] : Encoding.UTF8.GetBytes($"event: {eventType}\n");
    }

    internal override string ContentType => "text/event-stream";

    internal override ReadOnlySpan<byte> Heartbeat => ":\n\n"u8;

    internal override void Write(IBufferWriter<byte> to, T value, JsonTypeInfo<T> type)
    {
        to.Write(_head);
        if (value is string text)
        {
            WriteText(to, text);
        }
        else
        {
            to.Write("data: "u8);
            WriteJson(to, value, type);
            to.Write("\n"u8);
        }

        to.Write("\n"u8);
    }

    /// <summary>Writes each line of a text as a field.</summary>
    /// <remarks>Only CR LF, LF and CR end a line of a server-sent event. <c>EnumerateLines</c> also splits at FF, NEL, LS and PS, which are
    /// part of the text.</remarks>
    private static void WriteText(IBufferWriter<byte> to, ReadOnlySpan<char> text)
    {
        while (true)
        {
            int end = text.IndexOfAny('\r', '\n');
            to.Write("data: "u8);
            Encoding.UTF8.GetBytes(end < 0 ? text : text[..end], to);
            to.Write("\n"u8);
            if (end < 0)
            {
                return;
            }

            text = text[(end + (text[end..] is ['\r', '\n', ..] ? 2 : 1))..];
        }
    }
}
