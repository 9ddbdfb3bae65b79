using System.Buffers.Text;
using System.Text;
using Goroutines.Net;

namespace MiniRedis;

/// <summary>Reads commands: arrays of bulk strings, or lines of words. Several may have come at once (pipelining).</summary>
internal sealed class RespReader(Conn conn)
{
    private const int MostArguments = 1024 * 1024;
    private const int LongestArgument = 64 * 1024 * 1024;
    private const int LongestLine = 64 * 1024;

    private byte[] _buffer = new byte[16 * 1024];
    private int _start; // what has been read and not yet been parsed: from here
    private int _end;   // to here

    /// <summary>Gets whether all that has been read is parsed.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>Parses the next command of what has been read already. False if it is not all there.</summary>
    public bool TryRead(List<byte[]> arguments)
    {
        arguments.Clear();
        int at = _start;
        while (true)
        {
            if (at == _end)
            {
                return false;
            }

            if (_buffer[at] != '*')
            {
                return TryReadInline(arguments);
            }

            at++;
            if (!TryReadNumber(ref at, MostArguments, "multibulk", out int count))
            {
                return false;
            }

            if (count > 0)
            {
                return TryReadBulks(arguments, at, count);
            }

            _start = at;                             // an empty command: none
        }
    }

    /// <summary>Waits for more bytes. False at the end of the connection.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            byte[] target = _start > 0 ? _buffer : new byte[_buffer.Length * 2];
            _buffer.AsSpan(_start, _end - _start).CopyTo(target);
            _end -= _start;
            _start = 0;
            _buffer = target;
        }

        int count = await conn.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        return count > 0;
    }

    private bool TryReadBulks(List<byte[]> arguments, int at, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (at == _end)
            {
                return false;
            }

            if (_buffer[at] != '$')
            {
                throw new ProtocolException($"expected '$', got '{(char)_buffer[at]}'");
            }

            at++;
            if (!TryReadNumber(ref at, LongestArgument, "bulk", out int length) || _end - at < length + 2)
            {
                return false;
            }

            if (length < 0)
            {
                throw new ProtocolException("invalid bulk length");
            }

            arguments.Add(_buffer.AsSpan(at, length).ToArray());
            at += length + 2;
        }

        _start = at;
        return true;
    }

    private bool TryReadNumber(ref int at, int most, string what, out int number)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(at, _end - at);
        int line = rest.IndexOf("\r\n"u8);
        number = 0;
        if (line < 0)
        {
            return rest.Length <= 32 ? false : throw new ProtocolException($"invalid {what} length");
        }

        if (!Utf8Parser.TryParse(rest[..line], out number, out int used) || used != line || number > most)
        {
            throw new ProtocolException($"invalid {what} length");
        }

        at += line + 2;
        return true;
    }

    private bool TryReadInline(List<byte[]> arguments)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        int line = rest.IndexOf((byte)'\n');
        if (line < 0)
        {
            return rest.Length <= LongestLine ? false : throw new ProtocolException("too big inline request");
        }

        foreach (string word in Encoding.Latin1.GetString(rest[..line]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            arguments.Add(Encoding.Latin1.GetBytes(word));
        }

        _start += line + 1;
        return true;
    }
}
