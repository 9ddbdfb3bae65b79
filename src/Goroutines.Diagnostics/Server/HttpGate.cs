using System.Security.Cryptography;
using System.Text;

namespace Goroutines.Diagnostics;

/// <summary>Who may ask the standalone server: who has the token, from a page of this machine.</summary>
/// <remarks>A page from elsewhere reaches a port of 127.0.0.1 through the browser, also under a name of its own that resolves to it (DNS rebinding). It has no
/// token; and its <c>Host</c> or <c>Origin</c> gives it away before the token is looked at.</remarks>
internal sealed class HttpGate(string token, int port)
{
    private readonly string[] _hosts = [$"127.0.0.1:{port}", $"localhost:{port}", $"[::1]:{port}"];

    internal string Token => token;

    internal string CookieName => $"goroutines-{port}";

    /// <summary>Whether the request came to this machine's name, and from no page but its own. On a Unix domain socket browsers do not come.</summary>
    internal bool IsFromHere(HttpRequestHead head)
        => token.Length == 0
            || (head["Host"] is { } host && _hosts.Contains(host, StringComparer.OrdinalIgnoreCase) && (head["Origin"] is not { } origin || origin.Equals($"http://{host}", StringComparison.OrdinalIgnoreCase)));

    internal bool HasToken(HttpRequestHead head, PageQuery query, out bool inAddress)
    {
        inAddress = false;
        if (token.Length == 0)
        {
            return true;
        }

        if (query["token"] is { } given)
        {
            inAddress = Same(given);
            return inAddress;
        }

        return (head["Authorization"] is { } authorization && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && Same(authorization[7..].Trim()))
            || (head["Cookie"] ?? "").Split(';', StringSplitOptions.TrimEntries).Any(cookie => cookie.StartsWith($"{CookieName}=", StringComparison.Ordinal) && Same(cookie[(CookieName.Length + 1)..]));
    }

    private bool Same(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token));
}
