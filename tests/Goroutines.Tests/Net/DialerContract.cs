using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Dialing with options, and what a dial must not do.</summary>
public abstract class DialerContract : NetContract
{
    private Dialer With(DialOptions options) => new(options, Backend);

    private static IPEndPoint Closed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The system may choose the very port that is dialed as the caller's own; here the first attempts are made to.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public Task Dial_MeetsItself_IsRefused(int times) => Run(async () =>
    {
        IPEndPoint address = Closed();
        int calls = 0;
        var options = new DialOptions
        {
            Configure = socket =>
            {
                if (calls++ < times)
                {
                    socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                    socket.Bind(address);
                }
            },
        };
        await NetAssert.Fails(async () => await With(options).DialAsync(address.ToString()), SocketError.ConnectionRefused);
        Assert.Equal(Math.Min(times, 2) + 1, calls);

        // The port is free: the server that was to listen there can.
        using Listener listener = Listen(address.ToString());
    });

    [Fact]
    public Task Dial_MeansToMeetItself_Does() => Run(async () =>
    {
        IPEndPoint address = Closed();
        using Conn conn = await With(new DialOptions { LocalAddress = address.ToString() }).DialAsync(address.ToString());
        Assert.Equal(address, conn.LocalEndPoint);
        Assert.Equal(address, conn.RemoteEndPoint);
        conn.WriteByte(7);
        Assert.Equal(7, conn.ReadByte());
    });

    [Fact]
    public Task Dial_FromALocalAddress_IsSeenByThePeer() => Run(async () =>
    {
        using Listener listener = Listen("127.0.0.1:0");
        int port = Closed().Port;
        foreach (string local in (string[])["127.0.0.2:0", $"127.0.0.3:{port}", $":{port}"])
        {
            if (!OperatingSystem.IsLinux() && local[0] != ':')
            {
                continue; // other systems have one loopback address
            }

            Task<Conn> accept = listener.AcceptAsync().AsTask();
            using Conn client = await With(new DialOptions { LocalAddress = local }).DialAsync(AddressOf(listener.LocalEndPoint));
            using Conn server = await accept;
            Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
            Assert.StartsWith(local.Split(':')[0], client.LocalEndPoint.ToString(), StringComparison.Ordinal);
            client.Socket.Use(static socket => socket.LingerState = new LingerOption(true, 0)); // the port is free for the next
        }

        IOException exception = await NetAssert.Fails(
            async () => await With(new DialOptions { LocalAddress = "[::1]:0" }).DialAsync(AddressOf(listener.LocalEndPoint)), SocketError.AddressFamilyNotSupported);
        Assert.Contains("[::1]:0", exception.Message, StringComparison.Ordinal);
    });

    [Fact]
    public Task Dial_WithAResolver_AsksItAndTriesItsAddresses() => Run(async () =>
    {
        using Listener listener = Listen("127.0.0.1:0");
        int port = ((IPEndPoint)listener.LocalEndPoint).Port;
        List<string> asked = [];
        var options = new DialOptions
        {
            Resolver = async (name, token) =>
            {
                Assert.True(token.CanBeCanceled);
                asked.Add(name);
                await Go.Yield();
                return name == "none" ? [] : name == "bad" ? throw new SocketException((int)SocketError.HostNotFound) : [IPAddress.Loopback];
            },
            Timeout = TimeSpan.FromMinutes(1),
        };
        (await With(options).DialAsync($"some.name:{port}")).Dispose();
        (await With(options).DialAsync($"127.0.0.1:{port}")).Dispose();
        await NetAssert.Fails(async () => await With(options).DialAsync($"none:{port}"), SocketError.NoData);
        await NetAssert.Fails(async () => await With(options).DialAsync($"bad:{port}"), SocketError.HostNotFound);
        Assert.Equal(["some.name", "none", "bad"], asked);
    });

    [Fact]
    public Task Dial_NotWithinItsTime_TimesOut() => Run(async () =>
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        var options = new DialOptions { Timeout = TimeSpan.FromMilliseconds(20), Resolver = (_, token) => new ValueTask<IPAddress[]>(never.Task.WaitAsync(token)) };
        IOException exception = await NetAssert.TimesOut(async () => await With(options).DialAsync("silent.name:80"));
        Assert.StartsWith("dial silent.name:80: i/o timeout", exception.Message, StringComparison.Ordinal);

        // The caller's own end comes first: then it is that.
        using var source = new CancellationTokenSource();
        var patient = new DialOptions { Timeout = TimeSpan.FromMinutes(1), Resolver = options.Resolver };
        Task<Conn> dial = With(patient).DialAsync("silent.name:80", source.Token).AsTask();
        await source.CancelAsync();
        await NetAssert.IsCancelled(() => dial, source.Token);
        using CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(20));
        await NetAssert.IsCancelled(async () => await With(patient).DialAsync("silent.name:80", context), context.Token);
        await NetAssert.IsCancelled(async () => await With(patient).DialAsync("silent.name:80", context), context.Token); // ended before
    });

    [Fact]
    public Task Dial_WithOptions_SetsThem() => Run(async () =>
    {
        using Listener listener = Listen("127.0.0.1:0");
        var options = new DialOptions
        {
            NoDelay = false,
            KeepAlive = Timeout.InfiniteTimeSpan,
            SendBufferSize = 40_000,
            ReceiveBufferSize = 50_000,
            Configure = static socket => socket.Ttl = 33,
        };
        using Conn conn = await With(options).DialAsync(AddressOf(listener.LocalEndPoint));
        conn.Socket.Use(static socket =>
        {
            Assert.False(socket.NoDelay);
            Assert.Equal(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
            Assert.InRange(socket.SendBufferSize, 40_000, 90_000);
            Assert.InRange(socket.ReceiveBufferSize, 50_000, 110_000);
            Assert.Equal(33, socket.Ttl);
        });
    });

    [Fact]
    public Task Dial_CallbackThrows_ThatIsThrown() => Run(async () =>
    {
        using Listener listener = Listen("127.0.0.1:0");
        await Assert.ThrowsAsync<InvalidTimeZoneException>(
            async () => await With(new DialOptions { Configure = static _ => throw new InvalidTimeZoneException() }).DialAsync(AddressOf(listener.LocalEndPoint)));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(
            async () => await With(new DialOptions { Resolver = static (_, _) => throw new InvalidTimeZoneException() }).DialAsync("name:1"));
    });

    [Fact]
    public void Options_ThatCannotBe_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new DialOptions { Timeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new DialOptions { Timeout = TimeSpan.FromDays(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new DialOptions { FallbackDelay = TimeSpan.FromDays(-1) });
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new DialOptions { KeepAlive = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new DialOptions { SendBufferSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", static () => new DialOptions { ReceiveBufferSize = -1 });
        Assert.Throws<ArgumentException>("LocalAddress", static () => new DialOptions { LocalAddress = "localhost:0" });
        Assert.Throws<ArgumentException>("LocalAddress", static () => new DialOptions { LocalAddress = "127.0.0.1" });
        Assert.Throws<ArgumentNullException>("options", static () => _ = Conn.DialAsync("127.0.0.1:1", (DialOptions)null!));
        Assert.Throws<ArgumentNullException>("options", static () => Conn.Dial("127.0.0.1:1", (DialOptions)null!));
    }

    [Fact]
    public Task Dial_InEveryForm_Connects() => Run(async () =>
    {
        using Listener listener = Listen("127.0.0.1:0");
        string address = AddressOf(listener.LocalEndPoint);
        Task serving = Where.Start(async () =>
        {
            for (int i = 0; i < 7; i++)
            {
                (await listener.AcceptAsync()).Dispose();
            }
        });
        (await Conn.DialAsync(address)).Dispose();
        (await Conn.DialAsync(address, default)).Dispose();
        (await Conn.DialAsync(address, GoContext.Background)).Dispose();
        (await Conn.DialAsync(address, new DialOptions())).Dispose();
        Conn.Dial(address, Backend).Dispose();
        Conn.Dial(address, new DialOptions()).Dispose();
        await Go.Run(() => Conn.Dial(address, Backend).Dispose());
        await serving.WaitAsync(Limits.Wait);
    });
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollDialerTests : DialerContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollDialerOutsideTests : EpollDialerTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public sealed class FrameworkDialerTests : DialerContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
