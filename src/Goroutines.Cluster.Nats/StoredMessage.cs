using System.Text;
using NATS.Client.Core;

namespace Goroutines.Cluster.Nats;

/// <summary>A message as the server returns it from a stream.</summary>
internal sealed record StoredMessage(long Sequence, ReadOnlyMemory<byte> Payload, Dictionary<string, string> Headers, DateTimeOffset At)
{
    internal static StoredMessage From(NATS.Client.JetStream.Models.StoredMessage message)
        => new(
            (long)message.Seq,
            message.Data,
            Parse(message.Hdrs),
            message.Time);

    internal static Dictionary<string, string> From(NatsHeaders? headers)
    {
        Dictionary<string, string> all = [];
        if (headers is not null)
        {
            foreach ((string name, Microsoft.Extensions.Primitives.StringValues value) in headers)
            {
                all[name] = value.ToString();
            }
        }

        return all;
    }

    /// <summary>Reads a block of headers: a line with the version, then <c>name: value</c> lines.</summary>
    private static Dictionary<string, string> Parse(string? base64)
    {
        Dictionary<string, string> headers = [];
        if (string.IsNullOrEmpty(base64))
        {
            return headers;
        }

        foreach (string line in Encoding.UTF8.GetString(Convert.FromBase64String(base64)).Split("\r\n").Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        return headers;
    }
}
