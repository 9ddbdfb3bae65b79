using System.Net;
using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>The path of a Unix domain socket whose file is kept. The framework removes the file of an end point of its own type.</summary>
internal sealed class KeptPathEndPoint(string path) : EndPoint
{
    private readonly UnixDomainSocketEndPoint _path = new(path);

    public override AddressFamily AddressFamily => AddressFamily.Unix;

    public override SocketAddress Serialize() => _path.Serialize();

    public override EndPoint Create(SocketAddress socketAddress) => _path.Create(socketAddress);

    public override string ToString() => _path.ToString();
}
