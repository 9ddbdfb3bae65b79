using System.Buffers;
using System.Globalization;
using System.Text;

namespace MiniRedis;

/// <summary>Collects replies; they are sent together.</summary>
internal sealed class RespWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    public int Count => _bytes.WrittenCount;

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public void Clear() => _bytes.ResetWrittenCount();

    public void Ok() => _bytes.Write("+OK\r\n"u8);

    public void Simple(string text) => Line('+', text);

    public void Error(string text) => Line('-', text);

    public void Number(long number) => Header(':', number);

    public void Array(int count) => Header('*', count);

    public void Bulk(byte[]? value)
    {
        if (value is null)
        {
            _bytes.Write("$-1\r\n"u8);
        }
        else
        {
            Header('$', value.Length);
            _bytes.Write(value);
            _bytes.Write("\r\n"u8);
        }
    }

    public void Bulk(string text) => Bulk(Encoding.Latin1.GetBytes(text));

    public void NoArray() => _bytes.Write("*-1\r\n"u8);

    private void Line(char kind, string text)
    {
        Span<byte> target = _bytes.GetSpan(text.Length + 3);
        target[0] = (byte)kind;
        int count = Encoding.Latin1.GetBytes(text, target[1..]);
        "\r\n"u8.CopyTo(target[(count + 1)..]);
        _bytes.Advance(count + 3);
    }

    private void Header(char kind, long number)
    {
        Span<byte> target = _bytes.GetSpan(32);
        target[0] = (byte)kind;
        number.TryFormat(target[1..], out int count, default, CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(target[(count + 1)..]);
        _bytes.Advance(count + 3);
    }
}
