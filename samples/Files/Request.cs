namespace Files;

/// <summary>The head of a request.</summary>
/// <param name="Method">As it came.</param>
/// <param name="Target">The path with its query.</param>
/// <param name="KeepAlive">Whether another request may follow on the connection.</param>
internal sealed record Request(string Method, string Target, bool KeepAlive)
{
    /// <summary>Reads a head, or says with which status to refuse it.</summary>
    /// <param name="head">All its lines, without the empty one at the end.</param>
    internal static (Request? Request, int Status) Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [{ Length: > 0 } method, { Length: > 0 } target, var version] || !version.StartsWith("HTTP/", StringComparison.Ordinal))
        {
            return (null, 400);
        }

        if (version is not ("HTTP/1.1" or "HTTP/1.0"))
        {
            return (null, 505);
        }

        var keepAlive = version == "HTTP/1.1";
        var hosts = 0;
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t'))
            {
                return (null, 400);
            }

            var value = line.AsSpan(colon + 1).Trim();
            switch (line[..colon].ToUpperInvariant())
            {
                case "HOST":
                    hosts++;
                    break;
                case "CONNECTION":
                    keepAlive = value.Contains("close", StringComparison.OrdinalIgnoreCase)
                        ? false
                        : keepAlive || value.Contains("keep-alive", StringComparison.OrdinalIgnoreCase);
                    break;
                case "CONTENT-LENGTH" when value is not "0":
                case "TRANSFER-ENCODING":
                    keepAlive = false; // the body is not read, so there is no telling where the next request begins
                    break;
            }
        }

        if (version == "HTTP/1.1" && hosts != 1)
        {
            return (null, 400);
        }

        if (target.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            // The form meant for proxies, which every server has to understand.
            var slash = target.IndexOf('/', "http://".Length);
            target = slash < 0 ? "/" : target[slash..];
        }

        return (new Request(method, target, keepAlive), 200);
    }
}
