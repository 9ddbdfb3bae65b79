using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Goroutines.Cluster;

/// <summary>Converts values to bytes and back. Implementations must be thread-safe.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public interface IClusterCodec<T>
{
    /// <summary>The media type of the bytes, which is sent with them, such as <c>application/json</c>.</summary>
    string ContentType { get; }

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="output">The buffer to write to.</param>
    void Encode(T value, IBufferWriter<byte> output);

    /// <summary>Reads a value. If it throws, the message becomes a dead letter.</summary>
    /// <param name="bytes">The bytes; they are valid only during the call.</param>
    /// <returns>The value.</returns>
    T Decode(ReadOnlyMemory<byte> bytes);
}

/// <summary>Codecs that need no reflection.</summary>
public static class ClusterCodec
{
    /// <summary>Gets a codec that leaves bytes as they are. It copies them.</summary>
    public static IClusterCodec<byte[]> Bytes { get; } = new BytesCodec();

    /// <summary>Gets a codec that writes text as UTF-8.</summary>
    public static IClusterCodec<string> Text { get; } = new TextCodec();

    /// <summary>Returns a codec for JSON that uses System.Text.Json.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="type">The metadata of the type: a property of a source-generated <c>JsonSerializerContext</c>.</param>
    /// <returns>The codec.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="type"/> is <see langword="null"/>.</exception>
    public static IClusterCodec<T> Json<T>(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new JsonCodec<T>(type);
    }

    private sealed class JsonCodec<T>(JsonTypeInfo<T> type) : IClusterCodec<T>
    {
        public string ContentType => "application/json";

        public void Encode(T value, IBufferWriter<byte> output)
        {
            using Utf8JsonWriter writer = new(output);
            JsonSerializer.Serialize(writer, value, type);
        }

        public T Decode(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, type)!;
    }

    private sealed class BytesCodec : IClusterCodec<byte[]>
    {
        public string ContentType => "application/octet-stream";

        public void Encode(byte[] value, IBufferWriter<byte> output) => output.Write(value);

        public byte[] Decode(ReadOnlyMemory<byte> bytes) => bytes.ToArray();
    }

    private sealed class TextCodec : IClusterCodec<string>
    {
        private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        public string ContentType => "text/plain; charset=utf-8";

        public void Encode(string value, IBufferWriter<byte> output) => s_strict.GetBytes(value, output);

        public string Decode(ReadOnlyMemory<byte> bytes) => s_strict.GetString(bytes.Span);
    }
}
