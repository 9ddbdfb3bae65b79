using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>Peers, and addresses, that do what one does not wish for. The peer is a socket of the framework.</summary>
public abstract class FaultsPeerContract : NetContract
{
    [Fact]
    public Task ReadAsync_PeerResets_FailsAndGoesOnFailing() => Run(async () =>
    {
        for (int round = 0; round < 20; round++)
        {
            var (conn, peer) = await PairWithSocketAsync();
            using (conn)
            {
                Task<int>? waiting = round % 2 == 0 ? conn.ReadAsync(new byte[10]).AsTask() : null;
                Reset(peer);
                await NetAssert.Fails(() => waiting ?? conn.ReadAsync(new byte[10]).AsTask(), SocketError.ConnectionReset);
                await NetAssert.Fails(() => WriteUntilItFailsAsync(conn), SocketError.ConnectionReset, SocketError.Shutdown);
            }
        }
    });

    [Fact]
    public Task WriteAsync_PeerResetsWhileItWaits_Fails() => Run(async () =>
    {
        var (conn, peer) = await PairWithSocketAsync();
        using (conn)
        {
            Task write = conn.WriteAsync(new byte[20_000_000]).AsTask();
            Assert.False(write.IsCompleted);
            Reset(peer);
            await NetAssert.Fails(() => write, SocketError.ConnectionReset, SocketError.Shutdown);
        }
    });

    [Fact]
    public Task WriteAsync_PeerHasClosed_FailsInTheEndWithoutASignal() => Run(async () =>
    {
        var (conn, peer) = await PairWithSocketAsync();
        using (conn)
        {
            peer.Dispose();
            Assert.Equal(0, await conn.ReadAsync(new byte[10]));
            await NetAssert.Fails(() => WriteUntilItFailsAsync(conn), SocketError.ConnectionReset, SocketError.Shutdown);
        }
    });

    [Fact]
    public Task CloseWrite_HalfClosed_TheOtherHalfGoesOn() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        var (client, server) = pair;
        byte[] buffer = new byte[10];
        ValueTask<int> end = server.ReadAsync(buffer);
        client.CloseWrite();
        Assert.Equal(0, await end);
        await NetAssert.Fails(() => client.WriteAsync(buffer).AsTask(), SocketError.Shutdown);
        for (int i = 0; i < 100; i++)
        {
            await server.WriteAsync(buffer);
            await client.ReadExactlyAsync(buffer);
        }

        server.CloseWrite();
        Assert.Equal(0, await client.ReadAsync(buffer));
        client.CloseWrite(); // once more does nothing
    });

    [Fact]
    public Task WriteAsync_PeerStalls_DeadlineEndsItAndTheConnectionStays() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Task write = pair.Client.WriteAsync(new byte[20_000_000]).AsTask();
        Assert.False(write.IsCompleted);
        pair.Client.WriteDeadline = DateTimeOffset.UnixEpoch;
        await NetAssert.TimesOut(() => write);

        // Other connections were never held up, and neither is the other direction of this one.
        await pair.Server.WriteAsync(new byte[10]);
        await pair.Client.ReadExactlyAsync(new byte[10]);
        using ConnPair other = await PairAsync();
        await other.Client.WriteAsync(new byte[10]);
        await other.Server.ReadExactlyAsync(new byte[10]);
    });

    [Fact]
    public Task ServeAsync_PeersThatConnectAndGo_OthersAreServed() => Run(async () =>
    {
        using Listener listener = Listen();
        ValueTask serving = listener.ServeAsync(static async (conn, token) => await conn.CopyToAsync(conn, token), static _ => { });
        for (int round = 0; round < 100; round++)
        {
            var goes = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await goes.ConnectAsync(listener.LocalEndPoint);
            if (round % 2 == 0)
            {
                Reset(goes);
            }
            else
            {
                goes.Dispose();
            }
        }

        using (Conn client = await DialAsync(listener))
        {
            await client.WriteAsync(new byte[10]);
            await client.ReadExactlyAsync(new byte[10]);
        }

        listener.Dispose();
        await serving; // every handler has come to its end
    });

    [Fact]
    public Task DialAsync_NobodyListens_IsRefused() => Run(async () =>
    {
        // Bound but not listening: nobody else can have the port meanwhile.
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string address = bound.LocalEndPoint!.ToString()!;
        for (int i = 0; i < 20; i++)
        {
            IOException exception = await NetAssert.Fails(async () => await DialAsync(address), SocketError.ConnectionRefused);
            Assert.Contains(address, exception.Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task Listen_PortInUse_FailsAndIsFreeAfterDispose() => Run(async () =>
    {
        Listener first = Listen();
        string address = AddressOf(first.LocalEndPoint);
        IOException exception = await NetAssert.Fails(
            () =>
            {
                Listen(address).Dispose();
                return Task.CompletedTask;
            },
            SocketError.AddressAlreadyInUse);
        Assert.Contains(address, exception.Message, StringComparison.Ordinal);

        // Also with a connection of before, that waits for late segments.
        using (ConnPair pair = await PairAsync(first))
        {
            pair.Server.Dispose();
        }

        first.Dispose();
        using Listener second = Listen(address);
        using ConnPair again = await PairAsync(second);
    });

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    private static async Task WriteUntilItFailsAsync(Conn conn)
    {
        byte[] bytes = new byte[10_000];
        while (true)
        {
            await conn.WriteAsync(bytes); // the first may be taken, and answered by a reset
        }
    }

    private async Task<(Conn Conn, Socket Peer)> PairWithSocketAsync()
    {
        using Listener listener = Listen();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listener.LocalEndPoint);
        return (await listener.AcceptAsync(), peer);
    }
}

/// <summary>On the scheduler's poller.</summary>
public class EpollFaultsPeerTests : FaultsPeerContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollFaultsPeerOutsideTests : EpollFaultsPeerTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets.</summary>
public sealed class FrameworkFaultsPeerTests : FaultsPeerContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
