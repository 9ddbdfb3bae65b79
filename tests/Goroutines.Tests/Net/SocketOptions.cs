using System.Buffers.Binary;
using System.Net.Sockets;
using Goroutines.Net;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Asks the system for the options of a connection, of which only the descriptor's number is known.</summary>
internal static class SocketOptions
{
    // Linux's numbers.
    internal const int Socket = 1;
    internal const int KeepAlive = 9;
    internal const int Tcp = 6;
    internal const int NoDelay = 1;
    internal const int KeepIdle = 4;
    internal const int KeepInterval = 5;
    internal const int KeepCount = 6;

    internal static int Get(Conn conn, int level, int option)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The numbers of the options are Linux's.");
        using var handle = new SafeSocketHandle(Descriptors.Of(conn), ownsHandle: false);
        using var socket = new Socket(handle);
        byte[] value = new byte[4];
        socket.GetRawSocketOption(level, option, value);
        return BinaryPrimitives.ReadInt32LittleEndian(value);
    }
}
