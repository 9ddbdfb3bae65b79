using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Balancer;

/// <summary>How the end of a body is found.</summary>
internal enum Framing
{
    None,
    Length,
    Chunked,

    /// <summary>The body ends with the connection. Responses only.</summary>
    UntilClose,
}

/// <summary>
/// The head of a message. The parser is strict where a head could be read in two ways, because a backend that reads it differently would
/// take a part of the body for another request: no bare line feeds, no folded lines, no blanks before a colon, one length, never a length
/// beside chunks. The object is reused for the next message. Its lines are ranges of the bytes that were parsed.
/// </summary>
/// <remarks>
/// Of the fields in which proxies describe a request to the backend, each gets only what the balancer itself knows, since a client can write
/// any of them:
/// <list type="bullet">
/// <item><c>X-Forwarded-For</c>: the client's address is added at the end of the client's own list. Only the last entry is reliable.</item>
/// <item><c>X-Forwarded-Proto</c>: replaced by <c>http</c>, which is what the balancer listens to.</item>
/// <item>All other <c>X-Forwarded-…</c> fields and <c>Forwarded</c> (RFC 7239): dropped. The balancer passes <c>Host</c> on as it is.</item>
/// </list>
/// The same fields in a response are passed on.
/// </remarks>
internal sealed class HttpHead
{
    private static readonly SearchValues<byte> s_token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> s_forbidden = SearchValues.Create("\0\r\n"u8);

    private readonly List<Range> _lines = [];      // the lines that are passed on
    private readonly List<string> _named = [];     // the fields that the sender restricts to this hop
    private Range _forwardedFor;

    internal string Method { get; private set; } = "";

    internal int Status { get; private set; }

    internal Framing Framing { get; private set; }

    /// <summary>Gets the length of the body, if <see cref="Framing"/> is <c>Length</c>.</summary>
    internal long Length { get; private set; }

    /// <summary>Gets whether another message may follow this one on the connection.</summary>
    internal bool KeepAlive { get; private set; }

    internal bool IsUpgrade { get; private set; }

    internal bool IsHttp11 { get; private set; }

    internal bool HasBody => Framing != Framing.None;

    /// <summary>Gets whether the request may safely be carried out twice (RFC 9110, 9.2.2).</summary>
    internal bool IsIdempotent => Method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "DELETE" or "TRACE";

    /// <summary>Parses the head of a request.</summary>
    /// <exception cref="HttpException">The head is malformed, or could be read in two ways.</exception>
    internal void ParseRequest(ReadOnlySpan<byte> head)
    {
        int end = head.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = head[..end];
        int first = line.IndexOf((byte)' '), last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first + 1 || line[..first].ContainsAnyExcept(s_token) || line[(first + 1)..last].ContainsAnyInRange((byte)0, (byte)' '))
        {
            throw new HttpException(400, "no request line");
        }

        Begin(line[(last + 1)..], 505);
        Method = line[..first] switch
        {
            [(byte)'G', (byte)'E', (byte)'T'] => "GET",
            [(byte)'P', (byte)'O', (byte)'S', (byte)'T'] => "POST",
            var other => Encoding.ASCII.GetString(other),
        };
        Status = 0;
        int hosts = ParseFields(head, end + 2, 400);
        if (IsHttp11 && hosts != 1)
        {
            throw new HttpException(400, "not one Host field");
        }

        if (Framing == Framing.Chunked && !IsHttp11)
        {
            throw new HttpException(400, "chunks in HTTP/1.0");
        }
    }

    /// <summary>Parses the head of a response.</summary>
    /// <param name="head">The bytes, up to and including the empty line.</param>
    /// <param name="method">The method of the request, on which the framing depends.</param>
    /// <exception cref="HttpException">The head is malformed, or could be read in two ways.</exception>
    internal void ParseResponse(ReadOnlySpan<byte> head, string method)
    {
        int end = head.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = head[..end];
        if (line.Length < 12 || line[8] != ' ' || !Utf8Parser.TryParse(line[9..12], out int status, out int digits) || digits != 3 || status < 100)
        {
            throw new HttpException(502, "no status line");
        }

        Begin(line[..8], 502);
        Status = status;
        ParseFields(head, end + 2, 502);
        if (status is (>= 100 and < 200) or 204 or 304 || method == "HEAD")
        {
            Framing = Framing.None;
        }
        else if (Framing == Framing.None)
        {
            Framing = Framing.UntilClose;
            KeepAlive = false;
        }
        else if (Framing == Framing.Length && Length == 0)
        {
            Framing = Framing.None;
        }
    }

    /// <summary>Adds the request, as the backend gets it, to the output.</summary>
    /// <param name="to">The connection to the backend.</param>
    /// <param name="head">The bytes that were parsed.</param>
    /// <param name="client">The client's address; empty if there is none.</param>
    internal void AddRequestTo(HttpEnd to, ReadOnlySpan<byte> head, ReadOnlySpan<byte> client)
    {
        AddLines(to, head);
        if (client.Length > 0)
        {
            to.Add("X-Forwarded-For: "u8);
            ReadOnlySpan<byte> earlier = head[_forwardedFor];
            if (earlier.Length > 0)
            {
                to.Add(earlier);
                to.Add(", "u8);
            }

            to.Add(client);
            to.Add("\r\n"u8);
        }

        to.Add(IsUpgrade ? "X-Forwarded-Proto: http\r\nConnection: Upgrade\r\n\r\n"u8 : "X-Forwarded-Proto: http\r\n\r\n"u8);
    }

    /// <summary>Adds the response, as the client gets it, to the output.</summary>
    internal void AddResponseTo(HttpEnd to, ReadOnlySpan<byte> head, bool close)
    {
        AddLines(to, head);
        to.Add(Status == 101 ? "Connection: Upgrade\r\n\r\n"u8 : close && Status >= 200 ? "Connection: close\r\n\r\n"u8 : "\r\n"u8);
    }

    private void AddLines(HttpEnd to, ReadOnlySpan<byte> head)
    {
        foreach (Range line in _lines)
        {
            to.Add(head[line]);
            to.Add("\r\n"u8);
        }
    }

    private void Begin(ReadOnlySpan<byte> version, int status)
    {
        if (!version.SequenceEqual("HTTP/1.1"u8) && !version.SequenceEqual("HTTP/1.0"u8))
        {
            throw new HttpException(status, "not HTTP/1");
        }

        IsHttp11 = version[7] == '1';
        KeepAlive = IsHttp11;
        IsUpgrade = false;
        Framing = Framing.None;
        Length = 0;
        _forwardedFor = default;
        _lines.Clear();
        _named.Clear();
    }

    /// <summary>Parses the fields.</summary>
    /// <returns>The number of Host fields.</returns>
    private int ParseFields(ReadOnlySpan<byte> head, int start, int status)
    {
        _lines.Add(..(start - 2));
        int hosts = 0, lengths = 0;
        bool hasConnection = false, hasUpgrade = false;
        while (true)
        {
            int length = head[start..].IndexOf("\r\n"u8);
            if (length == 0)
            {
                break;
            }

            ReadOnlySpan<byte> line = head.Slice(start, length);
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(s_token) || line.ContainsAny(s_forbidden))
            {
                throw new HttpException(status, "a field that is none");
            }

            ReadOnlySpan<byte> name = line[..colon], value = line[(colon + 1)..].Trim(" \t"u8);
            bool isKept = true;
            switch (name.Length)
            {
                case 4 when Is(name, "Host"u8):
                    hosts++;
                    break;
                case 7 when Is(name, "Upgrade"u8):
                    hasUpgrade = true;
                    break;
                case 10 when Is(name, "Connection"u8):
                    ParseConnection(value);
                    hasConnection = true;
                    isKept = false;
                    break;
                case 10 when Is(name, "Keep-Alive"u8):
                case 16 when Is(name, "Proxy-Connection"u8):
                    isKept = false;
                    break;
                case 9 when Is(name, "Forwarded"u8) && status == 400:
                    isKept = false;
                    break;
                case 14 when Is(name, "Content-Length"u8):
                    lengths++;
                    if (value.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !Utf8Parser.TryParse(value, out long bytes, out int used) || used != value.Length)
                    {
                        throw new HttpException(status, "a length that is none");
                    }

                    Length = bytes;
                    break;
                case 15 when Is(name, "X-Forwarded-For"u8) && status == 400:
                    // Several lines of this list are rare. The last one is kept, as the next hop would do.
                    int offset = start + line.Length - line[(colon + 1)..].TrimStart(" \t"u8).Length;
                    _forwardedFor = offset..(offset + value.Length);
                    isKept = false;
                    break;
                case 17 when Is(name, "Transfer-Encoding"u8):
                    if (Framing == Framing.Chunked || !Is(value, "chunked"u8))
                    {
                        throw new HttpException(status == 400 ? 501 : status, "a transfer coding other than chunked");
                    }

                    Framing = Framing.Chunked;
                    break;
                case > 12 when Is(name[..12], "X-Forwarded-"u8) && status == 400:
                    isKept = false;
                    break;
            }

            if (isKept)
            {
                _lines.Add(start..(start + length));
            }

            start += length + 2;
        }

        if (lengths > 1 || (lengths == 1 && Framing == Framing.Chunked))
        {
            throw new HttpException(status, "more than one length");
        }

        if (lengths == 1 && (Length > 0 || status == 502))
        {
            Framing = Framing.Length;
        }

        IsUpgrade = hasUpgrade && hasConnection && _named.Contains("upgrade");
        if (hasUpgrade || _named.Count > 0)
        {
            DropNamed(head);
        }

        return hosts;
    }

    private void ParseConnection(ReadOnlySpan<byte> value)
    {
        foreach (Range range in value.Split((byte)','))
        {
            ReadOnlySpan<byte> option = value[range].Trim(" \t"u8);
            if (Is(option, "close"u8))
            {
                KeepAlive = false;
            }
            else if (Is(option, "keep-alive"u8))
            {
                KeepAlive = true;
            }
            else if (option.Length > 0)
            {
                _named.Add(Encoding.ASCII.GetString(option).ToLowerInvariant());
            }
        }
    }

    // Drops the fields that Connection names, which are for this hop only, except those that decide the message's framing or target.
    private void DropNamed(ReadOnlySpan<byte> head)
    {
        for (int i = _lines.Count - 1; i > 0; i--)
        {
            ReadOnlySpan<byte> line = head[_lines[i]];
            ReadOnlySpan<byte> name = line[..line.IndexOf((byte)':')];
            if (Is(name, "Upgrade"u8) ? !IsUpgrade : IsNamed(name))
            {
                _lines.RemoveAt(i);
            }
        }
    }

    private bool IsNamed(ReadOnlySpan<byte> name)
    {
        foreach (string named in _named)
        {
            if (Ascii.EqualsIgnoreCase(name, named) && named is not ("host" or "content-length" or "transfer-encoding"))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted) => Ascii.EqualsIgnoreCase(text, wanted);
}
