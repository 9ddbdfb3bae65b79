using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>Sets Go's options of TCP connections (net/tcpsock.go: <c>newTCPConn</c>): no delay of small packets, and keep-alive.</summary>
internal static class ConnDefaults
{
    internal const int KeepAliveSeconds = 15;
    internal const int KeepAliveProbes = 9;

    internal static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(KeepAliveSeconds);

    /// <summary>Sets the options. Ignores a refusal: if the peer has gone, the next operation reports it.</summary>
    /// <remarks>On Linux, accepted sockets inherit the listener's options.</remarks>
    internal static void Apply(Socket socket, bool noDelay, TimeSpan keepAlive)
    {
        if (socket.ProtocolType != ProtocolType.Tcp)
        {
            return;
        }

        try
        {
            socket.NoDelay = noDelay;
            SetKeepAlive(socket, keepAlive);
        }
        catch (SocketException)
        {
        }
    }

    /// <exception cref="SocketException">The system refused.</exception>
    internal static void SetKeepAlive(Socket socket, TimeSpan keepAlive)
    {
        bool on = keepAlive != Timeout.InfiniteTimeSpan;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, on);
        if (on)
        {
            int seconds = (int)Math.Min(32_767, Math.Ceiling(keepAlive.TotalSeconds)); // Linux accepts no more
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, seconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        }
    }

    /// <summary>Sets the sizes of the system's buffers. Call before the connection is made, since TCP negotiates its window then.</summary>
    /// <exception cref="SocketException">The system refused.</exception>
    internal static void ApplySizes(Socket socket, int? sendBufferSize, int? receiveBufferSize)
    {
        if (sendBufferSize is { } send)
        {
            socket.SendBufferSize = send;
        }

        if (receiveBufferSize is { } receive)
        {
            socket.ReceiveBufferSize = receive;
        }
    }

    internal static TimeSpan CheckedKeepAlive(TimeSpan value) => value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "The keep-alive period must be positive, or Timeout.InfiniteTimeSpan.");

    internal static int? CheckedSize(int? value) => value is null or > 0
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "The size of a buffer must be positive.");
}
