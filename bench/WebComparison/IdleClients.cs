using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Goroutines.WebComparison;

/// <summary>Many connections that have been served once and then wait.</summary>
internal static class IdleClients
{
    /// <summary>So many connections from one address, since each needs a port of it.</summary>
    private const int PerAddress = 20_000;

    private const int AtOnce = 256;

    /// <summary>Opens connections, reads what the server has grown by, and then has all of them send a request.</summary>
    /// <returns>Resident bytes a connection, seconds to open them, seconds to serve all once more, processor microseconds a connection of that.</returns>
    internal static async Task<Sample> MeasureAsync(Server server, int count)
    {
        byte[] request = "GET /length HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray();
        Socket[] sockets = new Socket[count];
        await Load.SaturateAsync(server, "/length", 1); // what a server grows by once, it has grown by
        await Task.Delay(TimeSpan.FromSeconds(1));
        Cost before = await server.CostAsync();
        try
        {
            Stopwatch opening = Stopwatch.StartNew();
            await ForAllAsync(async i =>
            {
                Socket socket = sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(new IPAddress(new byte[] { 127, 0, 0, (byte)(1 + (i / PerAddress)) }), 0));
                await socket.ConnectAsync(IPAddress.Loopback, server.Uri.Port);
                await AskAsync(socket, request);
            });
            double opened = opening.Elapsed.TotalSeconds;
            await Task.Delay(TimeSpan.FromSeconds(2));
            Cost idle = await server.CostAsync();
            Stopwatch waking = Stopwatch.StartNew();
            await ForAllAsync(i => AskAsync(sockets[i], request));
            double woken = waking.Elapsed.TotalSeconds;
            Cost after = await server.CostAsync();
            return new Sample((double)(idle.Bytes - before.Bytes) / count, opened, woken, (double)(after.Microseconds - idle.Microseconds) / count);
        }
        finally
        {
            foreach (Socket? socket in sockets)
            {
                socket?.Dispose();
            }
        }

        async Task ForAllAsync(Func<int, Task> action)
        {
            int next = -1;
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                for (int i; (i = Interlocked.Increment(ref next)) < count;)
                {
                    await action(i);
                }
            }));
        }
    }

    private static async Task AskAsync(Socket socket, byte[] request)
    {
        await socket.SendAsync(request);
        byte[] answer = new byte[1024];
        for (int received = 0; !answer.AsSpan(0, received).EndsWith("Hello, World!"u8);)
        {
            int count = await socket.ReceiveAsync(answer.AsMemory(received));
            received += count != 0 ? count : throw new InvalidOperationException("The server has ended a connection.");
        }
    }
}
