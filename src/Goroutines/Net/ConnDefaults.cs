using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>What Go sets on every TCP connection (net/tcpsock.go: <c>newTCPConn</c>): no delay of small packets, and keep-alive.</summary>
internal static class ConnDefaults
{
    internal const int KeepAliveSeconds = 15;
    internal const int KeepAliveProbes = 9;

    /// <summary>Sets them, as far as the socket still takes them: that its peer has gone, the next operation says.</summary>
    /// <remarks>On Linux what a listener accepts inherits its options.</remarks>
    internal static void Apply(Socket socket)
    {
        if (socket.ProtocolType != ProtocolType.Tcp)
        {
            return;
        }

        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        }
        catch (SocketException)
        {
        }
    }
}
