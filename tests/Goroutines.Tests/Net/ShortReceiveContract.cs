using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>A receive that got less than there is: the rest must be found without the peer's sending more.</summary>
public abstract class ShortReceiveContract : NetContract
{
    /// <summary>A connection that has waited before, and the framework's socket at its other end.</summary>
    private async Task<(Conn Conn, Socket Peer)> WatchedAsync(Listener listener)
    {
        bool unix = listener.LocalEndPoint is UnixDomainSocketEndPoint;
        Socket peer = unix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(listener.LocalEndPoint);
        Conn conn = await listener.AcceptAsync();
        Task<int> first = conn.ReadAsync(new byte[8]).AsTask();
        peer.Send("x"u8);
        Assert.Equal(1, await first);
        return (conn, peer);
    }

    /// <summary>Reads until that many bytes have come, however they are cut.</summary>
    private static async Task<string> TakeAsync(Conn conn, int count)
    {
        byte[] got = new byte[count];
        int taken = 0;
        while (taken < count)
        {
            int read = await conn.ReadAsync(got.AsMemory(taken)).AsTask().WaitAsync(Limits.Wait);
            Assert.NotEqual(0, read);
            taken += read;
        }

        return System.Text.Encoding.ASCII.GetString(got);
    }

    /// <summary>Until all that was sent is in the system's buffer of the connection.</summary>
    private static Task Arrived(Conn conn, int bytes) => Poll.UntilAsync(() => conn.Socket.Use(static socket => socket.Available) >= bytes, $"{bytes} bytes to arrive");

    [Fact]
    public Task UrgentData_BetweenOthers_TheRestIsRead() => Run(async () =>
    {
        using Listener listener = Listen();
        (Conn conn, Socket peer) = await WatchedAsync(listener);
        using (conn)
        using (peer)
        {
            for (int round = 0; round < 5; round++)
            {
                peer.Send("abc"u8);
                peer.Send("U"u8, SocketFlags.OutOfBand);
                peer.Send("def"u8);
                Assert.Equal("abcdef", await TakeAsync(conn, 6));
            }
        }
    });

    [Fact]
    public Task UrgentData_WhileReadersWait_NoneIsForgotten() => Run(async () =>
    {
        using Listener listener = Listen();
        (Conn conn, Socket peer) = await WatchedAsync(listener);
        using (conn)
        using (peer)
        {
            Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Where.Start(() => TakeAsync(conn, 2)))];
            peer.Send("ab"u8);
            peer.Send("U"u8, SocketFlags.OutOfBand);
            peer.Send("cd"u8);
            peer.Send("V"u8, SocketFlags.OutOfBand);
            peer.Send("ef"u8);
            await Task.WhenAll(readers).WaitAsync(Limits.Wait);
        }
    });

    [Fact]
    public Task UrgentData_AllThereBeforeTheFirstRead_IsRead() => Run(async () =>
    {
        using Listener listener = Listen();
        (Conn conn, Socket peer) = await WatchedAsync(listener);
        using (conn)
        using (peer)
        {
            peer.Send("abc"u8);
            peer.Send("U"u8, SocketFlags.OutOfBand);
            peer.Send("def"u8);
            await Arrived(conn, 3);
            byte[] buffer = new byte[100];
            Assert.Equal(0, await conn.ReadAsync(Memory<byte>.Empty)); // there is something
            Assert.Equal(3, await conn.ReadAsync(buffer));
            Assert.Equal(3, await conn.ReadAsync(buffer).AsTask().WaitAsync(Limits.Wait));
            Task<int> next = conn.ReadAsync(buffer).AsTask();
            peer.Send("g"u8);
            Assert.Equal(1, await next.WaitAsync(Limits.Wait));
            peer.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await conn.ReadAsync(buffer).AsTask().WaitAsync(Limits.Wait));
        }
    });

    [Fact]
    public Task DescriptorAlong_OverAUnixSocket_TheRestIsRead()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The layouts are Linux's.");
        return Run(async () =>
        {
            using Listener listener = Listen($"unix:@go-{Guid.NewGuid():N}");
            (Conn conn, Socket peer) = await WatchedAsync(listener);
            using (conn)
            using (peer)
            {
                for (int round = 0; round < 5; round++)
                {
                    RawUnix.SendWithDescriptor(peer, "abc"u8, 1);
                    peer.Send("def"u8);
                    RawUnix.SendWithDescriptor(peer, "ghi"u8, 1);
                    Assert.Equal("abcdefghi", await TakeAsync(conn, 9));
                }
            }
        });
    }
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollShortReceiveTests : ShortReceiveContract
{
    private protected override NetBackend Backend => Epoll;
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollShortReceiveOutsideTests : EpollShortReceiveTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public sealed class FrameworkShortReceiveTests : ShortReceiveContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}
