using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Addresses: what can be listened on and dialed, and what can't.</summary>
public abstract class AddressContract : NetContract
{
    public static TheoryData<string> WrongAddresses =>
        ["", "host", "80", "host:", "host:port", "host:-1", "host:65536", "host: 80", "::1:80", "[::1]", "[::1:80", "[::1]80", "unix:"];

    private async Task Exchange(string listen, Func<Listener, string> dial, AddressFamily family)
    {
        using Listener listener = Listen(listen);
        ValueTask<Conn> accept = listener.AcceptAsync();
        using Conn client = await DialAsync(dial(listener));
        using Conn server = await accept;
        await client.WriteAsync(new byte[] { 42 });
        Assert.Equal(42, server.ReadByte());
        var local = Assert.IsType<IPEndPoint>(client.LocalEndPoint);
        Assert.Equal(family, local.AddressFamily);
        Assert.NotEqual(0, local.Port);
        Assert.Equal(local, server.RemoteEndPoint);
        Assert.Equal(server.LocalEndPoint, client.RemoteEndPoint);
        Assert.Equal(((IPEndPoint)listener.LocalEndPoint).Port, ((IPEndPoint)server.LocalEndPoint).Port);
    }

    [Fact]
    public Task IPv4_ListenAndDial_EndPointsMatch()
        => Run(() => Exchange("127.0.0.1:0", static listener => listener.LocalEndPoint.ToString()!, AddressFamily.InterNetwork));

    [Fact]
    public Task IPv6_ListenAndDial_EndPointsMatch()
    {
        RequireIPv6();
        return Run(() => Exchange("[::1]:0", static listener => listener.LocalEndPoint.ToString()!, AddressFamily.InterNetworkV6));
    }

    [Fact]
    public Task AnyAddress_OfTheMachine_TakesBothFamilies()
    {
        RequireIPv6();
        return Run(async () =>
        {
            await Exchange(":0", static listener => $"127.0.0.1:{((IPEndPoint)listener.LocalEndPoint).Port}", AddressFamily.InterNetwork);
            await Exchange(":0", static listener => $"[::1]:{((IPEndPoint)listener.LocalEndPoint).Port}", AddressFamily.InterNetworkV6);
            await Exchange("0.0.0.0:0", static listener => $":{((IPEndPoint)listener.LocalEndPoint).Port}", AddressFamily.InterNetwork);
        });
    }

    [Theory]
    [InlineData("[::ffff:127.0.0.1]:0", "[::ffff:127.0.0.1]")]
    [InlineData("127.0.0.1:0", "0.0.0.0")]
    [InlineData("0.0.0.0:0", "0.0.0.0")]
    public Task OtherSpellings_ListenAndDial_MeanThisMachine(string listen, string dial)
        => Run(() => Exchange(listen, listener => $"{dial}:{((IPEndPoint)listener.LocalEndPoint).Port}", AddressFamily.InterNetwork));

    [Fact]
    public Task AnyIPv6Address_Dialed_IsThisMachine()
    {
        RequireIPv6();
        return Run(() => Exchange("[::1]:0", static listener => $"[::]:{((IPEndPoint)listener.LocalEndPoint).Port}", AddressFamily.InterNetworkV6));
    }

    [Fact]
    public Task Localhost_ListenAndDial_IsResolved()
        => Run(() => Exchange("localhost:0", static listener => $"localhost:{((IPEndPoint)listener.LocalEndPoint).Port}", AddressFamily.InterNetwork));

    [Theory]
    [InlineData("127.0.0.1:0", AddressFamily.InterNetwork)]
    [InlineData("[::1]:0", AddressFamily.InterNetworkV6)]
    public Task Dial_NameWithBothFamilies_ReachesTheOneThatListens(string listen, AddressFamily family)
    {
        RequireIPv6();
        Assert.SkipUnless(Dns.GetHostAddresses("localhost").Length > 1, "Here \"localhost\" has addresses of one family only.");
        return Run(() => Exchange(listen, static listener => $"localhost:{((IPEndPoint)listener.LocalEndPoint).Port}", family));
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    public Task Dial_WithoutHost_ReachesThisMachine(string listen)
    {
        RequireIPv6();
        return Run(async () =>
        {
            using Listener listener = Listen(listen);
            ValueTask<Conn> accept = listener.AcceptAsync();
            using Conn client = await DialAsync($":{((IPEndPoint)listener.LocalEndPoint).Port}");
            using Conn server = await accept;
            Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        });
    }

    [Theory]
    [MemberData(nameof(WrongAddresses))]
    public void WrongAddress_EverywhereAnAddressIsTaken_NamesItAndTheArgument(string address)
    {
        foreach (Action call in (Action[])[
            () => Listener.Listen(address),
            () => Listener.Listen(address, Backend),
            () => Conn.Dial(address),
            () => Conn.Dial(address, Backend),
            () => _ = Conn.DialAsync(address),
            () => PacketConn.Listen(address),
            () => PacketConn.Listen(address, Backend)])
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(nameof(address), call);
            Assert.Contains($"\"{address}\"", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NullAddress_EverywhereAnAddressIsTaken_IsRefused()
    {
        Assert.Throws<ArgumentNullException>("address", () => Listener.Listen(null!));
        Assert.Throws<ArgumentNullException>("address", () => Conn.Dial(null!));
        Assert.Throws<ArgumentNullException>("address", () => _ = Conn.DialAsync(null!));
        Assert.Throws<ArgumentNullException>("address", () => PacketConn.Listen(null!));
    }

    [Fact]
    public Task Dial_NobodyListens_IsRefused() => Run(async () =>
    {
        string address;
        using (Listener listener = Listen())
        {
            address = AddressOf(listener.LocalEndPoint);
        }

        IOException exception = await NetAssert.Fails(async () => await DialAsync(address), SocketError.ConnectionRefused);
        Assert.StartsWith("dial tcp ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(address, exception.Message, StringComparison.Ordinal);
        await NetAssert.Fails(async () => await DialAsync(address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)), SocketError.ConnectionRefused);
        await NetAssert.Fails(() => Task.FromResult(Conn.Dial(address, Backend)), SocketError.ConnectionRefused);
    });

    [Fact]
    public Task Dial_NoSuchName_SaysSo() => Run(async () =>
    {
        IOException exception = await NetAssert.Fails(
            async () => await DialAsync("no-such-host.invalid:80"), SocketError.HostNotFound, SocketError.TryAgain, SocketError.NoData, SocketError.NoRecovery);
        Assert.StartsWith("dial no-such-host.invalid:80: ", exception.Message, StringComparison.Ordinal);
        await NetAssert.Fails(
            () => Task.FromResult(Listen("no-such-host.invalid:80")), SocketError.HostNotFound, SocketError.TryAgain, SocketError.NoData, SocketError.NoRecovery);
    });

    [Fact]
    public Task Listen_PortInUse_IsRefused() => Run(async () =>
    {
        using Listener listener = Listen();
        string address = AddressOf(listener.LocalEndPoint);
        IOException exception = await NetAssert.Fails(() => Task.FromResult(Listen(address)), SocketError.AddressAlreadyInUse);
        Assert.StartsWith($"listen {address}: ", exception.Message, StringComparison.Ordinal);
        using Listener any = Listen(":0");
        await NetAssert.Fails(() => Task.FromResult(Listen($":{((IPEndPoint)any.LocalEndPoint).Port}")), SocketError.AddressAlreadyInUse);
        using PacketConn packets = PacketConn.Listen("127.0.0.1:0", Backend);
        await NetAssert.Fails(() => Task.FromResult(PacketConn.Listen(AddressOf(packets.LocalEndPoint), Backend)), SocketError.AddressAlreadyInUse);
    });

    [Fact]
    public Task Listen_AgainAfterDispose_TakesThePort() => Run(async () =>
    {
        string? address = null;
        for (int round = 0; round < 3; round++)
        {
            using Listener listener = Listen(address);
            address = AddressOf(listener.LocalEndPoint);
            using ConnPair pair = await PairAsync(listener);
            pair.Server.Dispose(); // closed by the server first: the system remembers the address for a while
        }
    });

    [Fact]
    public Task Options_OfBothEnds_AreGosDefaults() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        foreach (Conn conn in (Conn[])[pair.Client, pair.Server])
        {
            Assert.Equal(1, SocketOptions.Get(conn, SocketOptions.Tcp, SocketOptions.NoDelay));
            Assert.Equal(1, SocketOptions.Get(conn, SocketOptions.Socket, SocketOptions.KeepAlive));
            Assert.Equal(15, SocketOptions.Get(conn, SocketOptions.Tcp, SocketOptions.KeepIdle));
            Assert.Equal(15, SocketOptions.Get(conn, SocketOptions.Tcp, SocketOptions.KeepInterval));
            Assert.Equal(9, SocketOptions.Get(conn, SocketOptions.Tcp, SocketOptions.KeepCount));
        }
    });
}

/// <summary>On the scheduler's poller.</summary>
public sealed class EpollAddressTests : AddressContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkAddressTests : AddressContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
