using System.Buffers.Binary;
using System.Text;

namespace Goroutines.Diagnostics.Formats;

/// <summary>Writes the wire format of protocol buffers into a growing buffer. It implements only what this package's messages
/// need.</summary>
/// <remarks>The caller decides where a field with its default value is left out. Nothing is checked against a definition.</remarks>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;

    /// <summary>The most bytes that a message's length takes. The length is known only when the message is complete; <see cref="End"/> then
    /// closes the gap.</summary>
    private const int LengthBytes = 5;

    private byte[] _buffer = new byte[1024];
    private int _count;

    internal int Length => _count;

    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _count);

    internal void Clear() => _count = 0;

    /// <summary>Writes an integer of any type except the fixed and zigzag ones.</summary>
    internal void Write(int field, long value) => Write(field, (ulong)value);

    /// <inheritdoc cref="Write(int, long)"/>
    internal void Write(int field, ulong value)
    {
        WriteVarint((ulong)(uint)((field << 3) | Varint));
        WriteVarint(value);
    }

    /// <summary>Writes an integer unless it is 0, the value that a reader assumes for a missing field.</summary>
    internal void WriteUnlessZero(int field, long value)
    {
        if (value != 0)
        {
            Write(field, value);
        }
    }

    internal void WriteFixed64(int field, ulong value)
    {
        WriteVarint((ulong)(uint)((field << 3) | Fixed64));
        BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);
    }

    internal void Write(int field, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        WriteVarint((ulong)(uint)((field << 3) | Delimited));
        WriteVarint((ulong)(uint)length);
        Encoding.UTF8.GetBytes(text, Take(length));
    }

    /// <summary>Writes the integers of a repeated field in packed form.</summary>
    internal void WritePacked(int field, ReadOnlySpan<long> values)
    {
        int mark = Begin(field);
        foreach (long value in values)
        {
            WriteVarint((ulong)value);
        }

        End(mark);
    }

    /// <summary>Begins a nested message.</summary>
    /// <returns>A mark for <see cref="End"/>.</returns>
    internal int Begin(int field)
    {
        WriteVarint((ulong)(uint)((field << 3) | Delimited));
        int mark = _count;
        Take(LengthBytes);
        return mark;
    }

    /// <summary>Ends the message that <see cref="Begin"/> began.</summary>
    internal void End(int mark)
    {
        int begin = mark + LengthBytes;
        int length = _count - begin;
        _count = mark;
        WriteVarint((ulong)(uint)length);
        Buffer.BlockCopy(_buffer, begin, _buffer, _count, length);
        _count += length;
    }

    private void WriteVarint(ulong value)
    {
        Span<byte> room = Reserve(10);
        int used = 0;
        while (value >= 0x80)
        {
            room[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[used++] = (byte)value;
        _count += used;
    }

    private Span<byte> Take(int bytes)
    {
        Span<byte> taken = Reserve(bytes);
        _count += bytes;
        return taken;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _count < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _count + bytes));
        }

        return _buffer.AsSpan(_count, bytes);
    }
}
