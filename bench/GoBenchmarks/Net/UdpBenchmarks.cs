using System.Net;
using System.Net.Sockets;
using Goroutines.Net;

namespace Goroutines.GoBenchmarks;

/// <summary>UDP: <c>net/udpsock_test.go</c>.</summary>
internal static class UdpBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("net", "WriteToReadFromUDP", WriteToReadFromUDPAsync),
        new("net", "WriteToReadFromUDPAddrPort", WriteToReadFromUDPAddrPortAsync),
    ];

    private static async ValueTask WriteToReadFromUDPAsync(B b)
    {
        using var conn = PacketConn.Listen("127.0.0.1:0");
        var address = conn.LocalEndPoint;
        var buffer = new byte[8];
        b.ResetTimer();
        for (var i = 0; i < b.N; i++)
        {
            await conn.SendToAsync(buffer, address);
            await conn.ReceiveFromAsync(buffer);
        }
    }

    /// <summary>A <see cref="SocketAddress"/> is to an <see cref="EndPoint"/> what Go's AddrPort is to its UDPAddr: it is not allocated anew.</summary>
    private static async ValueTask WriteToReadFromUDPAddrPortAsync(B b)
    {
        using var conn = PacketConn.Listen("127.0.0.1:0");
        var address = ((IPEndPoint)conn.LocalEndPoint).Serialize();
        var from = new SocketAddress(AddressFamily.InterNetwork);
        var buffer = new byte[8];
        b.ResetTimer();
        for (var i = 0; i < b.N; i++)
        {
            await conn.SendToAsync(buffer, address);
            await conn.ReceiveFromAsync(buffer, from);
        }
    }
}
