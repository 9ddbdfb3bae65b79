using System.Security.Cryptography;
using System.Text;

namespace Goroutines.Diagnostics;

/// <summary>Decides which requests the standalone server answers: those that have the token and come from no other page than its
/// own.</summary>
/// <remarks>A page of another site can reach a port of 127.0.0.1 through the browser, even under a name of its own that resolves to it (DNS
/// rebinding). It does not have the token, and its <c>Host</c> or <c>Origin</c> is refused before the token is checked.</remarks>
internal sealed class HttpGate(string token, int port)
{
    private readonly string[] _hosts = [$"127.0.0.1:{port}", $"localhost:{port}", $"[::1]:{port}"];

    internal string Token => token;

    internal string CookieName => $"goroutines-{port}";

    /// <summary>Returns true if the request names this machine as its host and comes from no other page than the server's own. On a Unix
    /// domain socket the answer is always true: browsers cannot connect to one.</summary>
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
