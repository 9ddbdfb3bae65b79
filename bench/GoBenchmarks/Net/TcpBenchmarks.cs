using System.Net.Sockets;
using Goroutines.Net;

namespace Goroutines.GoBenchmarks;

/// <summary>TCP: <c>net/tcpsock_test.go</c>.</summary>
internal static class TcpBenchmarks
{
    private const string V4 = "127.0.0.1:0";
    private const string V6 = "[::1]:0";

    public static IEnumerable<Benchmark> All =>
    [
        new("net", "TCP4OneShot", static b => TcpAsync(b, persistent: false, timeout: false, V4)),
        new("net", "TCP4OneShotTimeout", static b => TcpAsync(b, persistent: false, timeout: true, V4)),
        new("net", "TCP4Persistent", static b => TcpAsync(b, persistent: true, timeout: false, V4)),
        new("net", "TCP4PersistentTimeout", static b => TcpAsync(b, persistent: true, timeout: true, V4)),
        new("net", "TCP6OneShot", static b => TcpAsync(b, persistent: false, timeout: false, V6)),
        new("net", "TCP6OneShotTimeout", static b => TcpAsync(b, persistent: false, timeout: true, V6)),
        new("net", "TCP6Persistent", static b => TcpAsync(b, persistent: true, timeout: false, V6)),
        new("net", "TCP6PersistentTimeout", static b => TcpAsync(b, persistent: true, timeout: true, V6)),
        new("net", "TCP4ConcurrentReadWrite", static b => ConcurrentReadWriteAsync(b, V4)),
        new("net", "TCP6ConcurrentReadWrite", static b => ConcurrentReadWriteAsync(b, V6)),
        new("net", "SetReadDeadline", SetReadDeadlineAsync),
    ];

    private static async ValueTask TcpAsync(B b, bool persistent, bool timeout, string address)
    {
        const int MessageLength = 512;
        if (address == V6 && !Socket.OSSupportsIPv6)
        {
            b.Skip();
            return;
        }

        var conns = b.N;
        var numConcurrent = Go.MaxProcs * 2;
        var msgs = 1;
        if (persistent)
        {
            conns = numConcurrent;
            msgs = Math.Max(b.N / conns, 1);
            conns = Math.Min(conns, b.N);
        }

        using var listener = Listener.Listen(address);
        var serverSem = new Chan<bool>(numConcurrent);
        Go.Spawn(async () =>
        {
            while (true)
            {
                Conn accepted;
                try
                {
                    accepted = await listener.AcceptAsync();
                }
                catch (ObjectDisposedException)
                {
                    break;
                }
                await serverSem.SendAsync(true);
                Go.Spawn(ServeAsync, accepted);
            }
        });

        var clientSem = new Chan<bool>(numConcurrent);
        for (var i = 0; i < conns; i++)
        {
            await clientSem.SendAsync(true);
            Go.Spawn(async () =>
            {
                using (var c = await Conn.DialAsync(listener.LocalEndPoint.ToString()!))
                {
                    if (timeout)
                    {
                        c.Deadline = Go.Now.AddHours(1);
                    }
                    var buffer = new byte[MessageLength];
                    for (var m = 0; m < msgs; m++)
                    {
                        await c.WriteAsync(buffer);
                        await ReceiveAsync(c, buffer);
                    }
                }
                await clientSem.ReceiveAsync();
            });
        }
        for (var i = 0; i < numConcurrent; i++)
        {
            await clientSem.SendAsync(true);
            await serverSem.SendAsync(true);
        }

        async ValueTask ServeAsync(Conn c)
        {
            using (c)
            {
                if (timeout)
                {
                    c.Deadline = Go.Now.AddHours(1);
                }
                var buffer = new byte[MessageLength];
                for (var m = 0; m < msgs; m++)
                {
                    await ReceiveAsync(c, buffer);
                    await c.WriteAsync(buffer);
                }
            }
            await serverSem.ReceiveAsync();
        }

        static async ValueTask ReceiveAsync(Conn c, byte[] buffer)
        {
            for (var read = 0; read != buffer.Length;)
            {
                var n = await c.ReadAsync(buffer);
                read += n != 0 ? n : throw new EndOfStreamException("the peer closed the connection");
            }
        }
    }

    private static async ValueTask ConcurrentReadWriteAsync(B b, string address)
    {
        const int W = 1000;
        if (address == V6 && !Socket.OSSupportsIPv6)
        {
            b.Skip();
            return;
        }

        b.StopTimer();
        var procs = Go.MaxProcs;
        var n = b.N / procs;
        var clients = new Conn[procs];
        var servers = new Conn[procs];
        using var listener = Listener.Listen(address);
        var done = new Chan<bool>();
        Go.Spawn(async () =>
        {
            for (var p = 0; p < procs; p++)
            {
                servers[p] = await listener.AcceptAsync();
            }
            await done.SendAsync(true);
        });
        for (var p = 0; p < procs; p++)
        {
            clients[p] = await Conn.DialAsync(listener.LocalEndPoint.ToString()!);
        }
        await done.ReceiveAsync();

        b.StartTimer();

        var wg = new WaitGroup();
        for (var p = 0; p < procs; p++)
        {
            Conn client = clients[p], server = servers[p];
            wg.Spawn(async () =>
            {
                var buffer = new byte[1];
                for (var i = 0; i < n; i++)
                {
                    buffer[0] = Raise((byte)i);
                    await client.WriteAsync(buffer);
                }
            });

            var pipe = new Chan<byte>(128);
            wg.Spawn(async () =>
            {
                var buffer = new byte[1];
                for (var i = 0; i < n; i++)
                {
                    await ReadAsync(server, buffer);
                    await pipe.SendAsync(buffer[0]);
                }
            });
            wg.Spawn(async () =>
            {
                var buffer = new byte[1];
                for (var i = 0; i < n; i++)
                {
                    buffer[0] = Raise(await pipe.TakeAsync());
                    await server.WriteAsync(buffer);
                }
                server.Dispose();
            });
            wg.Spawn(async () =>
            {
                var buffer = new byte[1];
                for (var i = 0; i < n; i++)
                {
                    await ReadAsync(client, buffer);
                }
                client.Dispose();
            });
        }
        await wg.WaitAsync();

        static byte Raise(byte v)
        {
            for (var w = 0; w < W; w++)
            {
                v *= v;
            }
            return v;
        }

        static async ValueTask ReadAsync(Conn c, byte[] buffer)
        {
            if (await c.ReadAsync(buffer) == 0)
            {
                throw new EndOfStreamException("the peer closed the connection");
            }
        }
    }

    private static async ValueTask SetReadDeadlineAsync(B b)
    {
        using var listener = Listener.Listen(V4);
        var accepting = Go.Run(() => listener.AcceptAsync());
        using var c = await Conn.DialAsync(listener.LocalEndPoint.ToString()!);
        using var server = await accepting;
        c.WriteDeadline = Go.Now.AddHours(2);
        var deadline = Go.Now.AddHours(1);
        b.ResetTimer();
        for (var i = 0; i < b.N; i++)
        {
            c.ReadDeadline = deadline;
            deadline = deadline.AddTicks(1);
        }
    }
}
