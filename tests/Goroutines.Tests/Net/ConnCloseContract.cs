using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>How connections end: disposed, half-closed, reset.</summary>
public abstract class ConnCloseContract : NetContract
{
    /// <summary>A connection whose peer is a bare socket.</summary>
    private async Task<(Conn Conn, Socket Peer)> WithSocketAsync()
    {
        using Listener listener = Listen("127.0.0.1:0");
        Task<Conn> accept = listener.AcceptAsync().AsTask();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listener.LocalEndPoint);
        return (await accept, peer);
    }

    private static void Reset(Socket peer)
    {
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();
    }

    [Fact]
    public Task Dispose_WhileReadsWait_EndsThem() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Task[] reads = [.. Enumerable.Range(0, 3).Select(_ => pair.Server.ReadAsync(new byte[10]).AsTask())];
        pair.Server.Dispose();
        foreach (Task read in reads)
        {
            await NetAssert.IsDisposed(() => read, nameof(Conn));
        }

        Assert.Equal(0, await pair.Client.ReadAsync(new byte[10]));
    });

    [Fact]
    public Task Dispose_WhileWritesWait_EndsThem() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Task[] writes = [.. Enumerable.Range(0, 3).Select(_ => pair.Client.WriteAsync(new byte[20_000_000]).AsTask())];
        await pair.Client.DisposeAsync();
        foreach (Task write in writes)
        {
            await NetAssert.IsDisposed(() => write, nameof(Conn));
        }
    });

    [Fact]
    public Task Dispose_WhileAcceptsWait_EndsThem() => Run(async () =>
    {
        Listener listener = Listen();
        EndPoint address = listener.LocalEndPoint;
        Task[] accepts = [.. Enumerable.Range(0, 3).Select(_ => listener.AcceptAsync().AsTask())];
        listener.Dispose();
        await listener.DisposeAsync();
        foreach (Task accept in accepts)
        {
            await NetAssert.IsDisposed(() => accept, nameof(Listener));
        }

        await NetAssert.IsDisposed(async () => await listener.AcceptAsync(), nameof(Listener));
        await NetAssert.IsDisposed(() => Task.FromResult(listener.Accept()), nameof(Listener));
        Assert.Equal(address, listener.LocalEndPoint);
        await NetAssert.Fails(async () => await DialAsync(AddressOf(address)), SocketError.ConnectionRefused, SocketError.AddressNotAvailable);
    });

    [Fact]
    public Task Dispose_WhileThreadsWait_EndsThem() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        using Listener listener = Listen();
        Task read = PlainThread.Run(() => pair.Server.ReadByte());
        Task write = PlainThread.Run(() => pair.Server.Write(new byte[20_000_000]));
        Task accept = PlainThread.Run(() => listener.Accept());
        await pair.Client.ReadExactlyAsync(new byte[1000]);
        await Task.Delay(1);
        pair.Server.Dispose();
        listener.Dispose();
        await NetAssert.IsDisposed(() => read, nameof(Conn));
        await NetAssert.IsDisposed(() => write, nameof(Conn));
        await NetAssert.IsDisposed(() => accept, nameof(Listener));
    });

    [Fact]
    public Task Disposed_EveryUse_SaysSo() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        Conn conn = pair.Server;
        EndPoint local = conn.LocalEndPoint;
        conn.Dispose();
        conn.Dispose();
        await conn.DisposeAsync();
        byte[] buffer = new byte[1];
        await NetAssert.IsDisposed(async () => await conn.ReadAsync(buffer), nameof(Conn));
        await NetAssert.IsDisposed(async () => await conn.ReadAsync(Memory<byte>.Empty), nameof(Conn));
        await NetAssert.IsDisposed(async () => await conn.WriteAsync(buffer), nameof(Conn));
        await NetAssert.IsDisposed(() => conn.CopyToAsync(Stream.Null), nameof(Conn));
        Assert.Throws<ObjectDisposedException>(() => conn.Read(buffer));
        Assert.Throws<ObjectDisposedException>(() => conn.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => conn.Write(buffer));
        Assert.Throws<ObjectDisposedException>(() => conn.WriteByte(1));
        Assert.Throws<ObjectDisposedException>(conn.CloseRead);
        Assert.Throws<ObjectDisposedException>(conn.CloseWrite);
        Assert.Equal(local, conn.LocalEndPoint);
    });

    [Fact]
    public Task CloseWrite_PeerReadsToTheEndAndAnswers() => Run(async () =>
    {
        using ConnPair pair = await PairAsync();
        await pair.Client.WriteAsync(new byte[] { 1, 2, 3 });
        pair.Client.CloseWrite();
        await NetAssert.Fails(async () => await pair.Client.WriteAsync(new byte[1]), SocketError.Shutdown);
        using var got = new MemoryStream();
        await pair.Server.CopyToAsync(got);
        Assert.Equal([1, 2, 3], got.ToArray());
        await pair.Server.WriteAsync(new byte[] { 4 });
        pair.Server.CloseWrite();
        Assert.Equal(4, pair.Client.ReadByte());
        Assert.Equal(-1, pair.Client.ReadByte());
        pair.Client.CloseWrite(); // again, with the peer's side closed, too
    });

    [Fact]
    public Task CloseRead_WaitingReadsEndAndWritesGoOn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the system may leave waiting reads alone.");
        return Run(async () =>
        {
            using ConnPair pair = await PairAsync();
            Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
            pair.Server.CloseRead();
            Assert.Equal(0, await read);
            Assert.Equal(0, await pair.Server.ReadAsync(new byte[10]));
            await pair.Server.WriteAsync(new byte[] { 7 });
            Assert.Equal(7, pair.Client.ReadByte());
        });
    }

    [Fact]
    public Task PeerResets_WhileReading_IsConnectionReset() => Run(async () =>
    {
        (Conn conn, Socket peer) = await WithSocketAsync();
        using (conn)
        {
            Task<int> read = conn.ReadAsync(new byte[10]).AsTask();
            Reset(peer);
            IOException exception = await NetAssert.Fails(() => read, SocketError.ConnectionReset);
            Assert.StartsWith("read tcp ", exception.Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task PeerResets_WhileWriting_EndsTheWrite() => Run(async () =>
    {
        (Conn conn, Socket peer) = await WithSocketAsync();
        using (conn)
        {
            Task write = conn.WriteAsync(new byte[20_000_000]).AsTask();
            Reset(peer);
            await NetAssert.Fails(() => write, SocketError.ConnectionReset, SocketError.Shutdown);
            await NetAssert.Fails(async () => await conn.WriteAsync(new byte[10]), SocketError.ConnectionReset, SocketError.Shutdown);
        }
    });

    [Fact]
    public Task PeerResets_BeforeAccept_TheNextOneIsServed() => Run(async () =>
    {
        using Listener listener = Listen("127.0.0.1:0");
        for (int i = 0; i < 20; i++)
        {
            var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await peer.ConnectAsync(listener.LocalEndPoint);
            Reset(peer);
        }

        using Conn client = await DialAsync(listener);
        while (true)
        {
            using Conn server = await listener.AcceptAsync();
            try
            {
                await server.WriteAsync(new byte[] { 1 });
                if (server.RemoteEndPoint.Equals(client.LocalEndPoint))
                {
                    break;
                }
            }
            catch (IOException)
            {
                // one of those that have gone
            }
        }

        Assert.Equal(1, client.ReadByte());
    });

    [Fact]
    public Task ManyTimes_CloseAndDialAgain_NoStaleNewsDisturb() => Run(async () =>
    {
        using Listener listener = Listen();
        byte[] buffer = new byte[10];
        for (int round = 0; round < Load.Times(150); round++)
        {
            // The old connection has news just as it is closed, and its descriptor's number is in use again at once.
            ConnPair old = await PairAsync(listener);
            Task<int> oldRead = old.Server.ReadAsync(buffer).AsTask();
            Task<int> oldWait = old.Client.ReadAsync(Memory<byte>.Empty).AsTask();
            old.Client.Write([1]);
            old.Server.Write([1]);
            old.Dispose();
            using ConnPair fresh = await PairAsync(listener);
            ValueTask<int> read = fresh.Server.ReadAsync(Memory<byte>.Empty);
            ValueTask<int> accept = fresh.Client.ReadAsync(buffer);
            await oldRead.ContinueWith(static _ => { }, TaskScheduler.Default);
            await oldWait.ContinueWith(static _ => { }, TaskScheduler.Default);
            Assert.False(read.IsCompleted);
            Assert.False(accept.IsCompleted);
            fresh.Client.Write([(byte)round]);
            Assert.Equal(0, await read);
            Assert.Equal((byte)round, fresh.Server.ReadByte());
            fresh.Server.Write([2, 3]);
            Assert.Equal(2, await accept);
        }
    });

    [Fact]
    public Task Dispose_AtAnyMomentOfReadsAndWrites_EndsThem() => Run(async () =>
    {
        var random = new Random(Seed.Get(nameof(Dispose_AtAnyMomentOfReadsAndWrites_EndsThem)));
        for (int round = 0; round < Load.Times(60); round++)
        {
            ConnPair pair = await PairAsync();
            Task[] users = [.. ((Conn[])[pair.Client, pair.Server]).SelectMany(conn => (Task[])[
                Where.Start(() => UseUntilTheEnd(() => conn.ReadAsync(new byte[5000]).AsTask())),
                Where.Start(() => UseUntilTheEnd(async () =>
                {
                    await conn.WriteAsync(new byte[5000]);
                    return 1;
                })),
            ])];
            for (int i = random.Next(20); i > 0; i--)
            {
                await Task.Yield();
            }

            (random.Next(2) == 0 ? pair.Client : pair.Server).Dispose();
            for (int i = random.Next(5); i > 0; i--)
            {
                await Task.Yield();
            }

            pair.Dispose();
            await Task.WhenAll(users).WaitAsync(Limits.Wait);
        }
    });

    private static async Task UseUntilTheEnd(Func<Task<int>> use)
    {
        try
        {
            while (await use() != 0)
            {
            }
        }
        catch (Exception exception) when (exception is IOException { InnerException: SocketException } or ObjectDisposedException)
        {
            // closed by one side or the other
        }
    }
}

/// <summary>On the scheduler's poller, in a goroutine.</summary>
public class EpollConnCloseTests : ConnCloseContract
{
    private protected override NetBackend Backend => Epoll;

    /// <summary>The framework's sockets break the connection then.</summary>
    [Fact]
    public Task Dispose_WhileAWriteIsUnderWay_SendsWhatWasWrittenBefore() => Run(async () =>
    {
        for (int round = 0; round < Load.Times(40); round++)
        {
            using ConnPair pair = await PairAsync();
            long written = 0;
            Task writing = Task.Run(async () =>
            {
                byte[] bytes = new byte[20_000];
                try
                {
                    while (true)
                    {
                        await pair.Client.WriteAsync(bytes);
                        written += bytes.Length;
                        if (written == 60_000)
                        {
                            _ = Task.Run(pair.Client.Dispose);
                        }
                    }
                }
                catch (ObjectDisposedException)
                {
                    // the end of it
                }
            });
            byte[] buffer = new byte[10_000];
            long read = 0;
            int got;
            while ((got = await pair.Server.ReadAsync(buffer)) != 0) // to the end, and no reset
            {
                read += got;
            }

            await writing.WaitAsync(Limits.Wait);
            Assert.True(read >= written, $"{written} bytes were written, and {read} came");
        }
    });
}

/// <summary>On the scheduler's poller, outside of goroutines.</summary>
public sealed class EpollConnCloseOutsideTests : EpollConnCloseTests
{
    private protected override Place Where => Place.Pool;
}

/// <summary>On the scheduler's poller, over a Unix domain socket.</summary>
public sealed class EpollUnixConnCloseTests : EpollConnCloseTests
{
    private protected override string Loopback => $"unix:{NewPath()}";
}

/// <summary>On the framework's sockets, in a goroutine.</summary>
public class FrameworkConnCloseTests : ConnCloseContract
{
    private protected override NetBackend Backend => NetBackend.Framework;
}

/// <summary>On the framework's sockets, outside of goroutines.</summary>
public sealed class FrameworkConnCloseOutsideTests : FrameworkConnCloseTests
{
    private protected override Place Where => Place.Pool;
}
