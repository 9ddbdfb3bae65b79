using System.Net;
using System.Net.Sockets;

namespace Goroutines.Net.Pipe;

/// <summary>The address of both ends of an in-memory connection (Go's <c>pipeAddr</c>).</summary>
internal sealed class PipeEndPoint : EndPoint
{
    internal static readonly PipeEndPoint Instance = new();

    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    public override string ToString() => "pipe";
}
