using System.Buffers;
using System.Text;

namespace Goroutines.Cluster.Nats;

/// <summary>Reads the headers of a queue's values.</summary>
/// <remarks>Most values of a queue have the same headers beside their ids. So what was read last is kept, and given out again for the same bytes. The field is
/// replaced as a whole; several threads may read at a time, and one of them wins.</remarks>
internal sealed class ValueHeaders
{
    private const int MaxKept = 256;

    private Known? _known;

    /// <summary>Returns a value's id, or "" if it has none, and its headers without those of the server.</summary>
    internal IReadOnlyDictionary<string, string> Read(in ReadOnlySequence<byte>? block, out string id)
    {
        id = "";
        if (block is not { } sequence)
        {
            return HeaderBlock.Parse(default(ReadOnlySpan<byte>));
        }

        ReadOnlySpan<byte> rest = HeaderBlock.Bytes(sequence);
        Span<byte> lines = rest.Length <= MaxKept ? stackalloc byte[MaxKept] : new byte[rest.Length];
        int length = 0;
        ReadOnlySpan<byte> messageId = default;
        ReadOnlySpan<byte> logicalId = default;
        HeaderBlock.NextLine(ref rest);
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> line = HeaderBlock.NextLine(ref rest);
            if (!HeaderBlock.TrySplit(line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
            {
                continue;
            }

            if (name.SequenceEqual("Goroutines-Id"u8))
            {
                logicalId = value;
            }
            else if (name.Length >= 5 && Ascii.EqualsIgnoreCase(name[..5], "Nats-"u8))
            {
                messageId = name.SequenceEqual("Nats-Msg-Id"u8) ? value : messageId;
            }
            else
            {
                line.CopyTo(lines[length..]);
                length += line.Length;
                "\r\n"u8.CopyTo(lines[length..]);
                length += 2;
            }
        }

        id = Encoding.UTF8.GetString(logicalId.IsEmpty ? messageId : logicalId);
        lines = lines[..length];
        if (Volatile.Read(ref _known) is { } known && lines.SequenceEqual(known.Lines))
        {
            return known.Headers;
        }

        Dictionary<string, string> headers = [];
        for (ReadOnlySpan<byte> left = lines; !left.IsEmpty;)
        {
            HeaderBlock.Add(headers, HeaderBlock.NextLine(ref left));
        }

        if (length <= MaxKept)
        {
            Volatile.Write(ref _known, new Known(lines.ToArray(), headers));
        }

        return headers;
    }

    private sealed record Known(byte[] Lines, IReadOnlyDictionary<string, string> Headers);
}
