using System.Net;
using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Converts addresses to the form that callers see, and back. End points are mutable, so each caller gets its own.</summary>
internal static class EndPoints
{
    /// <summary>Returns a copy that nothing else refers to.</summary>
    internal static EndPoint? Copy(EndPoint? address)
        => address is IPEndPoint ip ? new IPEndPoint(Copy(ip.Address), ip.Port) : address; // the other kinds are immutable

    /// <summary>Returns the address as it is usually written: an IPv4 address that was mapped into IPv6 as an IPv4 address.</summary>
    internal static EndPoint? Unmapped(EndPoint? address)
        => address is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : address;

    /// <inheritdoc cref="Unmapped(EndPoint?)"/>
    internal static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Returns the address in the family of the socket that uses it: an IPv6 socket reaches IPv4 by mapped addresses.</summary>
    /// <exception cref="ArgumentException">It is not the address of a socket.</exception>
    internal static EndPoint For(AddressFamily family, EndPoint to)
    {
        switch (to)
        {
            case IPEndPoint { AddressFamily: AddressFamily.InterNetwork } ip when family == AddressFamily.InterNetworkV6:
                return new IPEndPoint(ip.Address.MapToIPv6(), ip.Port);
            case IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip when family == AddressFamily.InterNetwork:
                return new IPEndPoint(ip.Address.MapToIPv4(), ip.Port);
            case IPEndPoint or UnixDomainSocketEndPoint:
                return to;
            case DnsEndPoint name:
                throw new ArgumentException($"\"{name.Host}:{name.Port}\" is a name: resolve it first (Dns.GetHostAddressesAsync) and pass an IPEndPoint.", nameof(to));
            default:
                throw new ArgumentException($"{to.GetType()} is no address of a socket: expected an IPEndPoint.", nameof(to));
        }
    }

    private static IPAddress Copy(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out int count);
        return count == 16 ? new IPAddress(bytes, address.ScopeId) : new IPAddress(bytes[..count]);
    }
}
