using System.Text;

namespace Goroutines.Diagnostics;

/// <summary>The head of an HTTP/1.1 request.</summary>
internal sealed class HttpRequestHead
{
    private const int MostBytes = 16 * 1024;

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private HttpRequestHead(string method, string target)
    {
        Method = method;
        Target = target;
    }

    internal string Method { get; }

    internal string Target { get; }

    internal string? this[string header] => _headers.GetValueOrDefault(header);

    /// <summary>Reads a request's head, up to the empty line. It reads no body: no request to the page has one.</summary>
    /// <returns>The head; null if the peer has closed, or has sent no valid head of at most 16 KiB.</returns>
    internal static async ValueTask<HttpRequestHead?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MostBytes];
        int length = 0;
        int end;
        while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int read = length == buffer.Length ? 0 : await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            length += read;
        }

        string[] lines = Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n");
        string[] words = lines[0].Split(' ');
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal) || !words[1].StartsWith('/'))
        {
            return null;
        }

        HttpRequestHead head = new(words[0], words[1]);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !head._headers.TryAdd(line[..colon], line[(colon + 1)..].Trim()))
            {
                return null; // a header that is given twice is ambiguous
            }
        }

        return head;
    }
}
