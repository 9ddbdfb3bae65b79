using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Options of listeners, connections and datagram sockets.</summary>
public abstract class OptionsContract : NetContract
{
    [Fact]
    public Task Conn_OptionsOfBothEnds_CanBeSet() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        foreach (Conn conn in (Conn[])[pair.Client, pair.Server])
        {
            Assert.True(conn.NoDelay);
            conn.NoDelay = false;
            Assert.False(conn.NoDelay);
            Assert.False(conn.LingerState.Enabled);
            conn.LingerState = new LingerOption(true, 0);
            Assert.True(conn.LingerState.Enabled);
            conn.SendBufferSize = 30_000;
            Assert.InRange(conn.SendBufferSize, 30_000, 70_000);
            conn.ReceiveBufferSize = 30_000;
            Assert.InRange(conn.ReceiveBufferSize, 30_000, 70_000);
            conn.SetKeepAlive(TimeSpan.FromSeconds(41.5));
            conn.Control(static socket => Assert.Equal(42, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!));
            conn.SetKeepAlive(Timeout.InfiniteTimeSpan);
            conn.Control(static socket => Assert.Equal(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!));
            Assert.Throws<ArgumentOutOfRangeException>("value", () => conn.SetKeepAlive(TimeSpan.Zero));
            Assert.Throws<ArgumentNullException>("value", () => conn.LingerState = null!);
            Assert.Throws<ArgumentNullException>("action", () => conn.Control(null!));
            Assert.Throws<InvalidTimeZoneException>(() => conn.Control(static _ => throw new InvalidTimeZoneException()));
            IOException exception = Assert.Throws<IOException>(() => conn.Control(static socket => socket.SetRawSocketOption(77, 77, new byte[4])));
            Assert.IsType<SocketException>(exception.InnerException);
        }

        // The connection works as before, and a time to linger of 0 resets it.
        await pair.Client.WriteAsync(new byte[2]);
        Assert.Equal(2, await pair.Server.ReadAsync(new byte[10]));
        pair.Client.Dispose();
        await NetAssert.Fails(async () => await pair.Server.ReadAsync(new byte[10]), SocketError.ConnectionReset);
        Assert.Throws<ObjectDisposedException>(() => pair.Client.NoDelay);
        Assert.Throws<ObjectDisposedException>(() => pair.Client.NoDelay = true);
    });

    [Fact]
    public Task Listener_Options_HoldForWhatItAccepts() => Run(async () =>
    {
        var options = new ListenerOptions { NoDelay = false, KeepAlive = TimeSpan.FromSeconds(7), ReceiveBufferSize = 30_000, Backlog = 5, Configure = static socket => socket.Ttl = 44 };
        using Listener listener = Listener.Listen("127.0.0.1:0", options, Backend);
        using ConnPair pair = await PairAsync(listener);
        Assert.False(pair.Server.NoDelay);
        Assert.InRange(pair.Server.ReceiveBufferSize, 30_000, 70_000);
        pair.Server.Control(static socket => Assert.Equal(7, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!));
        listener.Control(static socket => Assert.Equal(44, socket.Ttl));
    });

    [Fact]
    public Task Listener_Deadline_EndsAccepts() => Run(async () =>
    {
        using Listener listener = Listen();
        Assert.Null(listener.Deadline);
        listener.Deadline = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(10);
        Task<Conn> accept = listener.AcceptAsync().AsTask();
        await NetAssert.TimesOut(() => accept.WaitAsync(Limits.Wait));
        await NetAssert.TimesOut(async () => await listener.AcceptAsync());
        listener.Deadline = null;
        using ConnPair pair = await PairAsync(listener);
        listener.Dispose();
        Assert.Throws<ObjectDisposedException>(() => listener.Deadline = null);
    });

    [Fact]
    public Task Listener_AddressShared_BothListen() => Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sharing differs between systems.");
        var options = new ListenerOptions { ReuseAddress = true };
        using Listener first = Listener.Listen("127.0.0.1:0", options, Backend);
        using Listener second = Listener.Listen(AddressOf(first.LocalEndPoint), options, Backend);
        await NetAssert.Fails(() => Task.FromResult(Listen(AddressOf(first.LocalEndPoint))), SocketError.AddressAlreadyInUse);
    });

    [Fact]
    public Task Listener_NotDualMode_TakesIPv6Alone()
    {
        RequireIPv6();
        return Run(async () =>
        {
            using Listener listener = Listener.Listen("[::]:0", new ListenerOptions { DualMode = false }, Backend);
            int port = ((IPEndPoint)listener.LocalEndPoint).Port;
            (await DialAsync($"[::1]:{port}")).Dispose();
            await NetAssert.Fails(async () => (await DialAsync($"127.0.0.1:{port}")).Dispose(), SocketError.ConnectionRefused);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Listener_UnlinkOnClose_DecidesOnTheFile(bool unlink)
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "This system has no Unix domain sockets.");
        return Run(async () =>
        {
            string path = NewPath();
            try
            {
                using (Listener listener = Listener.Listen($"unix:{path}", new ListenerOptions { UnlinkOnClose = unlink }, Backend))
                {
                    Assert.Equal(path, listener.LocalEndPoint.ToString());
                    using ConnPair pair = await PairAsync(listener);
                    Assert.Equal(path, pair.Client.RemoteEndPoint.ToString());
                }

                Assert.Equal(!unlink, File.Exists(path));
            }
            finally
            {
                File.Delete(path);
            }
        });
    }

    [Fact]
    public Task Listener_OnBound_IsCalledWhileConnectionsAreRefused()
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "This system has no Unix domain sockets.");
        return Run(async () =>
        {
            string path = NewPath();
            bool refused = false;
            using (Listener listener = Listener.Listen($"unix:{path}", new ListenerOptions { OnBound = Connect }, Backend))
            {
                Assert.True(refused);
                using ConnPair pair = await PairAsync(listener);
            }

            Assert.Throws<InvalidTimeZoneException>(() => Listener.Listen($"unix:{path}", new ListenerOptions { OnBound = static () => throw new InvalidTimeZoneException() }, Backend));
            Assert.False(File.Exists(path));

            void Connect()
            {
                Assert.True(File.Exists(path));
                using var early = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                refused = Assert.Throws<SocketException>(() => early.Connect(new UnixDomainSocketEndPoint(path))).SocketErrorCode == SocketError.ConnectionRefused;
            }
        });
    }

    [Fact]
    public void Options_ThatCannotBe_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new ListenerOptions { Backlog = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new ListenerOptions { KeepAlive = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new ListenerOptions { SendBufferSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new PacketOptions { ReceiveBufferSize = 0 });
        Assert.Throws<ArgumentException>("LocalAddress", static () => new PacketOptions { LocalAddress = "name:0" });
        Assert.Throws<ArgumentNullException>("options", static () => Listener.Listen("127.0.0.1:0", (ListenerOptions)null!));
        Assert.Throws<ArgumentNullException>("options", static () => PacketConn.Listen("127.0.0.1:0", (PacketOptions)null!));
        Assert.Throws<InvalidTimeZoneException>(() => Listener.Listen("127.0.0.1:0", new ListenerOptions { Configure = static _ => throw new InvalidTimeZoneException() }, Backend));
    }

    [Fact]
    public Task Packets_Connected_GoToThePeerAndComeFromIt() => Run(async () =>
    {
        using PacketConn server = PacketConn.Listen("127.0.0.1:0", Backend);
        using PacketConn stranger = PacketConn.Listen("127.0.0.1:0", Backend);
        using PacketConn client = await DialPacketsAsync(AddressOf(server.LocalEndPoint), new PacketOptions { LocalAddress = "127.0.0.1:0" });
        Assert.Equal(server.LocalEndPoint, client.RemoteEndPoint);
        Assert.Null(server.RemoteEndPoint);
        Assert.Equal(3, await client.SendAsync(new byte[3]));
        byte[] buffer = new byte[10];
        (int count, EndPoint from) = await server.ReceiveFromAsync(buffer);
        Assert.Equal(3, count);
        Assert.Equal(client.LocalEndPoint, from);
        await stranger.SendToAsync(new byte[9], client.LocalEndPoint);
        ValueTask<int> receive = client.ReceiveAsync(buffer);
        await server.SendToAsync(new byte[4], from);
        Assert.Equal(4, await receive);
        await server.SendToAsync(ReadOnlyMemory<byte>.Empty, from);
        await server.SendToAsync(new byte[5], from);
        await server.SendToAsync(new byte[6], from);
        Assert.Equal(0, await client.ReceiveAsync(buffer));
        Assert.Equal(5, await client.ReceiveAsync(buffer));
        Assert.Equal(6, await client.ReceiveAsync(buffer));
        await NetAssert.Fails(async () => await server.SendAsync(new byte[1]), SocketError.DestinationAddressRequired, SocketError.NotConnected);
    });

    [Fact]
    public Task Packets_PeerIsNotThere_ItIsTold() => Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "When the answer comes differs between systems.");
        EndPoint gone;
        using (PacketConn closed = PacketConn.Listen("127.0.0.1:0", Backend))
        {
            gone = closed.LocalEndPoint;
        }

        using PacketConn client = await DialPacketsAsync(AddressOf(gone), new PacketOptions());
        Task<int> receive = client.ReceiveAsync(new byte[10]).AsTask();
        await client.SendAsync(new byte[1]);
        await NetAssert.Fails(() => receive.WaitAsync(Limits.Wait), SocketError.ConnectionRefused);
        using var back = PacketConn.Listen(AddressOf(gone), Backend);
        await client.SendAsync(new byte[2]); // and stays usable
        Assert.Equal(2, (await back.ReceiveFromAsync(new byte[10])).Count);
    });

    [Fact]
    public Task Packets_AddressOfTheCallers_IsFilledIn() => Run(async () =>
    {
        using PacketConn one = PacketConn.Listen("127.0.0.1:0", Backend);
        using PacketConn other = PacketConn.Listen("127.0.0.1:0", Backend);
        var from = new SocketAddress(AddressFamily.InterNetwork);
        ValueTask<int> receive = other.ReceiveFromAsync(new byte[10], from);
        await one.SendToAsync(new byte[3], other.LocalEndPoint);
        Assert.Equal(3, await receive);
        Assert.Equal(one.LocalEndPoint, new IPEndPoint(0, 0).Create(from));
        Assert.Equal(4, await other.SendToAsync(new byte[4], from));
        Assert.Equal((4, other.LocalEndPoint), await one.ReceiveFromAsync(new byte[10]));
        await Assert.ThrowsAsync<ArgumentException>("from", async () => await other.ReceiveFromAsync(new byte[1], new SocketAddress(AddressFamily.InterNetwork, 8)));
        await Assert.ThrowsAsync<ArgumentNullException>("from", async () => await other.ReceiveFromAsync(new byte[1], (SocketAddress)null!));
        await Assert.ThrowsAsync<ArgumentNullException>("to", async () => await other.SendToAsync(new byte[1], (SocketAddress)null!));
    });

    [Fact]
    public Task Packets_OfUnixSockets_GoBothWays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Abstract names are Linux's.");
        return Run(async () =>
        {
            string path = NewPath();
            using PacketConn server = PacketConn.Listen($"unix:{path}", Backend);
            using PacketConn client = PacketConn.Listen($"unix:@go-{Guid.NewGuid():N}", Backend);
            await client.SendToAsync(new byte[3], server.LocalEndPoint);
            (int count, EndPoint from) = await server.ReceiveFromAsync(new byte[10]);
            Assert.Equal(3, count);
            await server.SendToAsync(new byte[4], from);
            Assert.Equal(4, (await client.ReceiveFromAsync(new byte[10])).Count);
            using (PacketConn connected = await DialPacketsAsync($"unix:{path}", new PacketOptions()))
            {
                await connected.SendAsync(new byte[5]);
                await connected.SendAsync(new byte[6]);
                Assert.Equal(5, await server.ReceiveAsync(new byte[10]));
                Assert.Equal(6, await server.ReceiveAsync(new byte[10]));
            }

            server.Dispose();
            Assert.False(File.Exists(path));
        });
    }

    [Fact]
    public Task Packets_OfAGroup_ReachItsMembers() => Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Which interfaces carry multicast differs between systems.");
        var group = IPAddress.Parse("239.77.1.2");
        using PacketConn member = PacketConn.Listen("0.0.0.0:0", new PacketOptions { ReuseAddress = true, ReceiveBufferSize = 40_000 }, Backend);
        using PacketConn sender = PacketConn.Listen("127.0.0.1:0", Backend);
        sender.Control(static socket => socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes()));
        member.JoinGroup(group, 1); // the loopback
        Assert.Equal(1, sender.MulticastTtl);
        sender.MulticastTtl = 3;
        Assert.Equal(3, sender.MulticastTtl);
        Assert.True(sender.MulticastLoopback);
        sender.Ttl = 9;
        Assert.Equal(9, sender.Ttl);
        var to = new IPEndPoint(group, ((IPEndPoint)member.LocalEndPoint).Port);
        await sender.SendToAsync(new byte[5], to);
        Assert.Equal((5, sender.LocalEndPoint), await member.ReceiveFromAsync(new byte[10]).AsTask().WaitAsync(Limits.Wait));
        member.LeaveGroup(group, 1);
        await NetAssert.Fails(
            () =>
            {
                member.LeaveGroup(group, 1);
                return Task.CompletedTask;
            },
            SocketError.AddressNotAvailable);
        Assert.Throws<ArgumentOutOfRangeException>("value", () => sender.Ttl = 256);
        Assert.Throws<ArgumentNullException>("group", () => member.JoinGroup(null!));
    });

    private ValueTask<PacketConn> DialPacketsAsync(string address, PacketOptions options)
        => PacketConn.OpenAsync(address, NetAddress.Parse(address), options, Backend, CancellationToken.None);
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollOptionsTests : OptionsContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollOptionsOutsideTests : EpollOptionsTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public sealed class FrameworkOptionsTests : OptionsContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
