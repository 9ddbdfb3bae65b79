using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Goroutines.Net;

/// <summary>An address as text: <c>host:port</c>, <c>:port</c>, <c>[v6]:port</c>, <c>unix:/path</c>, <c>unix:@abstract</c> (Go's net.SplitHostPort).</summary>
/// <param name="Host">The host or IP address; if empty, any address, or this machine when dialing.</param>
/// <param name="Port">The port.</param>
/// <param name="Path">The path of a Unix domain socket; null for IP.</param>
internal readonly record struct NetAddress(string Host, int Port, string? Path)
{
    private const string UnixPrefix = "unix:";

    /// <exception cref="ArgumentNullException"><paramref name="address"/> is null.</exception>
    /// <exception cref="ArgumentException">It is not an address.</exception>
    internal static NetAddress Parse(string address, [CallerArgumentExpression(nameof(address))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(address, name);
        if (address.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            string path = address[UnixPrefix.Length..];
            return path.Length != 0
                ? new NetAddress("", 0, path[0] == '@' ? '\0' + path[1..] : path)
                : throw Invalid("the path is missing");
        }

        int colon = address.LastIndexOf(':');
        if (colon < 0)
        {
            throw Invalid("the port is missing");
        }

        string host = address[..colon];
        if (host.StartsWith('['))
        {
            host = host.EndsWith(']') ? host[1..^1] : throw Invalid("the ']' is missing before the port");
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            throw Invalid("an IPv6 address stands in brackets, like \"[::1]:80\"");
        }

        string port = address[(colon + 1)..];
        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= IPEndPoint.MaxPort
            ? new NetAddress(host, number, null)
            : throw Invalid($"the port must be a number from 0 to {IPEndPoint.MaxPort}");

        ArgumentException Invalid(string why)
            => new($"\"{address}\" is no address: {why}. Expected \"host:port\", \":port\", \"[v6]:port\" or \"unix:/path\".", name);
    }

    /// <summary>Parses an address to dial from, which must not be a name.</summary>
    /// <exception cref="ArgumentException">It is not such an address.</exception>
    internal static NetAddress ParseLocal(string address, string name)
    {
        NetAddress parsed = Parse(address, name);
        return parsed.Path is not null || parsed.Host.Length == 0 || IPAddress.TryParse(parsed.Host, out _)
            ? parsed
            : throw new ArgumentException($"\"{address}\" is no address to dial from: expected \"ip:port\", \":port\", \"[v6]:port\" or \"unix:/path\", without a host name.", name);
    }

    /// <summary>Converts the result of <see cref="ParseLocal"/> to an end point. Without a host, it is IPv4's "any address".</summary>
    internal EndPoint ToBind() => Path is not null ? new UnixDomainSocketEndPoint(Path)
        : new IPEndPoint(Host.Length == 0 ? IPAddress.Any : EndPoints.Unmapped(IPAddress.Parse(Host)), Port);

    /// <summary>Returns the end points to listen on, best first. Resolving a name blocks.</summary>
    /// <exception cref="SocketException">The name can't be resolved.</exception>
    internal EndPoint[] ToLocal()
    {
        if (Path is not null)
        {
            return [new UnixDomainSocketEndPoint(Path)];
        }

        int port = Port;
        if (Host.Length == 0)
        {
            // Both families at once, if the system has both.
            return [new IPEndPoint(IPAddress.IPv6Any, port), new IPEndPoint(IPAddress.Any, port)];
        }

        if (IPAddress.TryParse(Host, out IPAddress? literal))
        {
            return [new IPEndPoint(EndPoints.Unmapped(literal), port)];
        }

        IPAddress[] found;
        using (BlockingRegion.Enter())
        {
            found = Dns.GetHostAddresses(Host);
        }

        // As in Go, a name's IPv4 address comes first.
        return [.. found.OrderBy(static address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).Select(address => new IPEndPoint(address, port))];
    }

    /// <summary>Returns the end points to dial, in the resolver's order of preference.</summary>
    /// <param name="resolve">Looks up names.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="SocketException">The name can't be resolved.</exception>
    internal async ValueTask<EndPoint[]> ToRemoteAsync(Func<string, CancellationToken, ValueTask<IPAddress[]>> resolve, CancellationToken cancellationToken)
    {
        if (Path is not null)
        {
            return [new UnixDomainSocketEndPoint(Path)];
        }

        int port = Port;
        if (Host.Length == 0)
        {
            return [new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.IPv6Loopback, port)];
        }

        IPAddress[] found = IPAddress.TryParse(Host, out IPAddress? literal) ? [literal] : await resolve(Host, cancellationToken);
        return [.. found.Select(address => new IPEndPoint(ToReach(EndPoints.Unmapped(address)), port))];
    }

    /// <summary>Replaces "any address" with this machine's, as Go does on systems that do not.</summary>
    private static IPAddress ToReach(IPAddress address)
        => address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
}
