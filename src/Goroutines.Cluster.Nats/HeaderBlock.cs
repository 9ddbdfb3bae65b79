using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Goroutines.Cluster.Nats;

/// <summary>Reads a block of headers: a line with the version and perhaps a status, then <c>name: value</c> lines.</summary>
internal static class HeaderBlock
{
    private static ReadOnlySpan<byte> Version => "NATS/1.0"u8;

    /// <returns>The status; 0 for none.</returns>
    internal static int Status(in ReadOnlySequence<byte>? block, out string text)
    {
        text = "";
        if (block is not { } sequence)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = Bytes(sequence);
        ReadOnlySpan<byte> line = NextLine(ref rest);
        if (!line.StartsWith(Version) || !Utf8Parser.TryParse(line[Version.Length..].TrimStart((byte)' '), out int status, out int length))
        {
            return 0;
        }

        text = Encoding.UTF8.GetString(line[Version.Length..].TrimStart((byte)' ')[length..].Trim((byte)' '));
        return status;
    }

    /// <returns>All headers. The values of a header that is there several times are joined by commas.</returns>
    internal static Dictionary<string, string> Parse(in ReadOnlySequence<byte>? block) => block is { } sequence ? Parse(Bytes(sequence)) : [];

    /// <inheritdoc cref="Parse(in ReadOnlySequence{byte}?)"/>
    internal static Dictionary<string, string> Parse(ReadOnlySpan<byte> block)
    {
        Dictionary<string, string> headers = [];
        NextLine(ref block);
        while (!block.IsEmpty)
        {
            Add(headers, NextLine(ref block));
        }

        return headers;
    }

    /// <summary>Adds the header of a line, if there is one.</summary>
    internal static void Add(Dictionary<string, string> headers, ReadOnlySpan<byte> line)
    {
        if (TrySplit(line, out ReadOnlySpan<byte> nameBytes, out ReadOnlySpan<byte> valueBytes))
        {
            string name = Encoding.UTF8.GetString(nameBytes);
            string value = Encoding.UTF8.GetString(valueBytes);
            headers[name] = headers.TryGetValue(name, out string? earlier) ? $"{earlier},{value}" : value;
        }
    }

    internal static ReadOnlySpan<byte> Bytes(scoped in ReadOnlySequence<byte> sequence) => sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray();

    internal static ReadOnlySpan<byte> NextLine(scoped ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 2)..];
        return line;
    }

    internal static bool TrySplit(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int colon = line.IndexOf((byte)':');
        name = colon <= 0 ? default : line[..colon];
        value = colon <= 0 ? default : line[(colon + 1)..].Trim((byte)' ');
        return colon > 0;
    }
}
