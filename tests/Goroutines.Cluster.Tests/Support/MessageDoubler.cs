using System.Globalization;
using System.Text;

namespace Goroutines.Cluster.Tests;

/// <summary>Repeats each message in what a client of NATS sends. The protocol's other commands, and requests for values, pass once.</summary>
internal sealed class MessageDoubler
{
    private readonly List<byte> _rest = [];

    internal ReadOnlyMemory<byte> Double(ReadOnlySpan<byte> bytes)
    {
        _rest.AddRange(bytes);
        byte[] all = [.. _rest];
        List<byte> output = [];
        int at = 0;
        while (all.AsSpan(at).IndexOf("\r\n"u8) is >= 0 and var end)
        {
            string line = Encoding.UTF8.GetString(all, at, end);
            int length = end + 2;
            bool isMessage = line.StartsWith("PUB ", StringComparison.OrdinalIgnoreCase) || line.StartsWith("HPUB ", StringComparison.OrdinalIgnoreCase);
            if (isMessage)
            {
                length += int.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture) + 2;
            }

            if (at + length > all.Length)
            {
                break;
            }

            Span<byte> command = all.AsSpan(at, length);
            output.AddRange(command);
            if (isMessage && !line.Contains(".CONSUMER.MSG.NEXT.", StringComparison.Ordinal))
            {
                output.AddRange(command);
            }

            at += length;
        }

        _rest.RemoveRange(0, at);
        return output.ToArray();
    }
}
