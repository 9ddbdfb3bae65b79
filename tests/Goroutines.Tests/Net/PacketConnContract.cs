using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Datagrams.</summary>
public abstract class PacketConnContract : NetContract
{
    private PacketConn Open(string address = "127.0.0.1:0") => PacketConn.Listen(address, Backend);

    [Fact]
    public Task Datagrams_BothWays_KeepTheirBoundsAndSender() => Run(async () =>
    {
        using PacketConn one = Open();
        using PacketConn other = Open("localhost:0");
        Assert.NotEqual(0, ((IPEndPoint)one.LocalEndPoint).Port);
        Assert.Equal(2, await one.SendToAsync(new byte[] { 1, 2 }, other.LocalEndPoint));
        Assert.Equal(0, await one.SendToAsync(ReadOnlyMemory<byte>.Empty, other.LocalEndPoint));
        Assert.Equal(3, await one.SendToAsync(new byte[] { 3, 4, 5 }, other.LocalEndPoint));
        byte[] buffer = new byte[10];
        Assert.Equal((2, one.LocalEndPoint), await other.ReceiveFromAsync(buffer));
        Assert.Equal([1, 2], buffer[..2]);
        Assert.Equal((0, one.LocalEndPoint), await other.ReceiveFromAsync(buffer));
        (int count, EndPoint from) = await other.ReceiveFromAsync(buffer);
        Assert.Equal(3, count);
        Assert.Equal([3, 4, 5], buffer[..3]);
        await other.SendToAsync(new byte[] { 6 }, from);
        Assert.Equal((1, other.LocalEndPoint), await one.ReceiveFromAsync(buffer));
    });

    [Fact]
    public Task ReceiveFrom_BeforeTheDatagram_Waits() => Run(async () =>
    {
        using PacketConn conn = Open();
        for (int round = 0; round < 10; round++)
        {
            ValueTask<(int Count, EndPoint From)> receive = conn.ReceiveFromAsync(new byte[10]);
            Assert.False(receive.IsCompleted);
            await conn.SendToAsync(new byte[round], conn.LocalEndPoint);
            Assert.Equal((round, conn.LocalEndPoint), await receive);
        }
    });

    [Fact]
    public Task IPv6_AndBothFamilies_Work()
    {
        RequireIPv6();
        return Run(async () =>
        {
            using PacketConn six = Open("[::1]:0");
            using PacketConn four = Open();
            using PacketConn any = Open(":0");
            int port = ((IPEndPoint)any.LocalEndPoint).Port;
            await six.SendToAsync(new byte[1], new IPEndPoint(IPAddress.IPv6Loopback, port));
            Assert.Equal((1, six.LocalEndPoint), await any.ReceiveFromAsync(new byte[10]));
            await four.SendToAsync(new byte[2], new IPEndPoint(IPAddress.Loopback, port));
            Assert.Equal((2, four.LocalEndPoint), await any.ReceiveFromAsync(new byte[10]));
            await any.SendToAsync(new byte[3], four.LocalEndPoint);
            (int count, EndPoint from) = await four.ReceiveFromAsync(new byte[10]);
            Assert.Equal((3, new IPEndPoint(IPAddress.Loopback, port)), (count, (IPEndPoint)from));
        });
    }

    [Fact]
    public Task LongDatagram_IntoAShortBuffer_IsCut() => Run(async () =>
    {
        using PacketConn conn = Open();
        await conn.SendToAsync(new byte[] { 1, 2, 3, 4 }, conn.LocalEndPoint);
        await conn.SendToAsync(new byte[] { 5 }, conn.LocalEndPoint);
        byte[] buffer = new byte[2];
        Assert.Equal(2, (await conn.ReceiveFromAsync(buffer)).Count);
        Assert.Equal([1, 2], buffer);
        Assert.Equal(1, (await conn.ReceiveFromAsync(buffer)).Count);
        Assert.Equal(5, buffer[0]);
        await NetAssert.Fails(async () => await conn.SendToAsync(new byte[70_000], conn.LocalEndPoint), SocketError.MessageSize);
    });

    [Fact]
    public Task WrongUses_AreRefused() => Run(async () =>
    {
        using PacketConn conn = Open();
        await Assert.ThrowsAsync<ArgumentNullException>("to", async () => await conn.SendToAsync(new byte[1], null!));
        Assert.Throws<ArgumentNullException>("to", () => conn.SendTo(new byte[1], null!));
    });

    [Fact]
    public Task Dispose_WhileReceiving_EndsTheWait() => Run(async () =>
    {
        PacketConn conn = Open();
        EndPoint address = conn.LocalEndPoint;
        Task receive = conn.ReceiveFromAsync(new byte[10]).AsTask();
        Task second = conn.ReceiveFromAsync(new byte[10]).AsTask();
        conn.Dispose();
        conn.Dispose();
        await NetAssert.IsDisposed(() => receive, nameof(PacketConn));
        await NetAssert.IsDisposed(() => second, nameof(PacketConn));
        await NetAssert.IsDisposed(async () => await conn.ReceiveFromAsync(new byte[10]), nameof(PacketConn));
        await NetAssert.IsDisposed(async () => await conn.SendToAsync(new byte[1], address), nameof(PacketConn));
        Assert.Throws<ObjectDisposedException>(() => conn.ReadDeadline = null);
        Assert.Equal(address, conn.LocalEndPoint);
    });

    [Fact]
    public Task SynchronousForms_InAStackfulGoroutine_Park() => Isolated.GoAsync(1, async () =>
    {
        using PacketConn server = Open();
        using PacketConn client = Open();
        Goroutine echo = Go.Run(() =>
        {
            byte[] buffer = new byte[100];
            for (int i = 0; i < 50; i++)
            {
                (int count, EndPoint from) = server.ReceiveFrom(buffer);
                server.SendTo(buffer.AsMemory(0, count), from);
            }
        });
        byte[] got = new byte[100];
        for (int i = 0; i < 50; i++)
        {
            await client.SendToAsync(new byte[i], server.LocalEndPoint);
            Assert.Equal(i, (await client.ReceiveFromAsync(got)).Count);
        }

        await echo;
    });

    [Fact]
    public Task ManyReceivers_OneSocket_GetEachDatagramOnce() => Run(async () =>
    {
        using PacketConn server = Open();
        using PacketConn client = Open();
        int[] seen = new int[200];
        int left = seen.Length;
        using var done = new CancellationTokenSource();
        Task[] receivers = [.. Enumerable.Range(0, 4).Select(_ => Where.Start(async () =>
        {
            byte[] buffer = new byte[10];
            try
            {
                while (true)
                {
                    await server.ReceiveFromAsync(buffer, done.Token);
                    Interlocked.Increment(ref seen[buffer[0]]);
                    Interlocked.Decrement(ref left);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }))];
        for (int i = 0; i < seen.Length; i++)
        {
            await client.SendToAsync(new byte[] { (byte)i }, server.LocalEndPoint);
            int sent = i + 1;
            await Poll.UntilAsync(() => Volatile.Read(ref left) == seen.Length - sent, "a datagram to be received"); // UDP drops what nobody takes
        }

        await done.CancelAsync();
        await Task.WhenAll(receivers);
        Assert.All(seen, static count => Assert.Equal(1, count));
    });
    [Fact]
    public Task Broadcast_IsSent()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux has a broadcast address on its loopback.");
        return Run(async () =>
        {
            using PacketConn receiver = Open("0.0.0.0:0");
            using PacketConn sender = Open("0.0.0.0:0");
            var to = new IPEndPoint(IPAddress.Parse("127.255.255.255"), ((IPEndPoint)receiver.LocalEndPoint).Port);
            Assert.Equal(5, await sender.SendToAsync(new byte[5], to));
            Assert.Equal(5, (await receiver.ReceiveFromAsync(new byte[10])).Count);
        });
    }

    [Fact]
    public Task MappedAddress_OverIPv4_IsReached() => Run(async () =>
    {
        using PacketConn conn = Open();
        var mapped = new IPEndPoint(IPAddress.Loopback.MapToIPv6(), ((IPEndPoint)conn.LocalEndPoint).Port);
        Assert.Equal(1, await conn.SendToAsync(new byte[1], mapped));
        Assert.Equal((1, conn.LocalEndPoint), await conn.ReceiveFromAsync(new byte[10]));
        using PacketConn listensMapped = Open("[::ffff:127.0.0.1]:0");
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)listensMapped.LocalEndPoint).Address);
    });

    [Fact]
    public Task AddressOfAnotherKind_IsRefusedByName() => Run(async () =>
    {
        using PacketConn conn = Open();
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>("to", async () => await conn.SendToAsync(new byte[1], new DnsEndPoint("localhost", 9)));
        Assert.Contains("localhost:9", exception.Message, StringComparison.Ordinal);
    });

    [Fact]
    public Task EndPoints_ChangedByTheCaller_AreTheCallersOwn() => Run(async () =>
    {
        using PacketConn conn = Open();
        using PacketConn peer = Open();
        int port = ((IPEndPoint)peer.LocalEndPoint).Port;
        for (int i = 0; i < 3; i++)
        {
            await peer.SendToAsync(new byte[1], conn.LocalEndPoint);
            var from = (IPEndPoint)(await conn.ReceiveFromAsync(new byte[10])).From;
            Assert.Equal(port, from.Port);
            from.Port = 9;
            ((IPEndPoint)peer.LocalEndPoint).Port = 9;
        }

        Assert.Equal(port, ((IPEndPoint)peer.LocalEndPoint).Port);
        using Listener listener = Listen("127.0.0.1:0");
        ((IPEndPoint)listener.LocalEndPoint).Port = 9;
        using ConnPair pair = await PairAsync(listener);
        ((IPEndPoint)pair.Client.LocalEndPoint).Port = 9;
        ((IPEndPoint)pair.Client.RemoteEndPoint).Port = 9;
        ((IPEndPoint)pair.Server.RemoteEndPoint).Port = 9;
        Assert.Equal(listener.LocalEndPoint, pair.Client.RemoteEndPoint);
        Assert.Equal(pair.Client.LocalEndPoint, pair.Server.RemoteEndPoint);
    });
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollPacketConnTests : PacketConnContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollPacketConnOutsideTests : EpollPacketConnTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public class FrameworkPacketConnTests : PacketConnContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
