using System.Buffers.Binary;
using System.Text;

namespace Goroutines.Diagnostics.Formats;

/// <summary>Writes protocol buffers' wire format into memory that grows: enough of it for the messages that this package writes.</summary>
/// <remarks>Fields with their default value are left out where the caller says so; nothing is checked against a definition.</remarks>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;

    /// <summary>What a message's length takes at most; it is known only when the message is complete, and then moved together.</summary>
    private const int LengthBytes = 5;

    private byte[] _buffer = new byte[1024];
    private int _count;

    internal int Length => _count;

    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _count);

    internal void Clear() => _count = 0;

    /// <summary>An integer of any type but fixed and zigzag ones.</summary>
    internal void Write(int field, long value) => Write(field, (ulong)value);

    /// <inheritdoc cref="Write(int, long)"/>
    internal void Write(int field, ulong value)
    {
        WriteVarint((ulong)(uint)((field << 3) | Varint));
        WriteVarint(value);
    }

    /// <summary>An integer, unless it is 0, which is what a reader takes a missing one for.</summary>
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

    /// <summary>Integers of a repeated field, packed.</summary>
    internal void WritePacked(int field, ReadOnlySpan<long> values)
    {
        int mark = Begin(field);
        foreach (long value in values)
        {
            WriteVarint((ulong)value);
        }

        End(mark);
    }

    /// <summary>Begins a message within this one.</summary>
    /// <returns>A mark for <see cref="End"/>.</returns>
    internal int Begin(int field)
    {
        WriteVarint((ulong)(uint)((field << 3) | Delimited));
        int mark = _count;
        Take(LengthBytes);
        return mark;
    }

    /// <summary>Ends the message that <see cref="Begin"/> has begun.</summary>
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
