using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Goroutines.AspNetCore.Internal;

namespace Goroutines.AspNetCore.Tests;

/// <summary>The bytes of values in a stream.</summary>
public sealed class StreamFormatTests
{
    [Theory]
    [InlineData("", "data: \n\n")]
    [InlineData("a", "data: a\n\n")]
    [InlineData("a\nb", "data: a\ndata: b\n\n")]
    [InlineData("a\rb", "data: a\ndata: b\n\n")]
    [InlineData("a\r\nb", "data: a\ndata: b\n\n")]
    [InlineData("a\n\rb", "data: a\ndata: \ndata: b\n\n")]
    [InlineData("a\r\n", "data: a\ndata: \n\n")]
    [InlineData("\n", "data: \ndata: \n\n")]
    [InlineData("\r", "data: \ndata: \n\n")]
    [InlineData("a\fb", "data: a\fb\n\n")]
    [InlineData("a\u0085b", "data: a\u0085b\n\n")]
    [InlineData("a\u2028b", "data: a\u2028b\n\n")]
    [InlineData("a\u2029b", "data: a\u2029b\n\n")]
    public void EventFormat_Text_IsSplitAtTheLineEndsOfEventsOnly(string text, string expected)
        => Assert.Equal(expected, Write(new EventFormat<string>(null), text));

    [Fact]
    public void EventFormat_TextWithType_HasTheTypeFirst()
        => Assert.Equal("event: tick\ndata: a\ndata: b\n\n", Write(new EventFormat<string>("tick"), "a\nb"));

    private static string Write<T>(StreamFormat<T> format, T value)
    {
        JsonSerializerOptions options = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        ArrayBufferWriter<byte> buffer = new();
        format.Write(buffer, value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
