using System.Net;
using System.Net.Sockets;

namespace Goroutines.Peers;

/// <summary>echo: TCP connections on loopback (64, or as many as the name says), 128-byte request and reply. An operation is one exchange.</summary>
internal static class Echo
{
    public const int Connections = 64;
    private const int Bytes = 128;

    public static async ValueTask RunAsync(int n, int connections)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(connections);
        var address = listener.LocalEndPoint!;
        _ = Task.Run(async () =>
        {
            for (var connection = 0; connection < connections; connection++)
            {
                var accepted = await listener.AcceptAsync();
                _ = Task.Run(() => ServeAsync(accepted));
            }
        });

        var clients = new Task[connections];
        for (var connection = 0; connection < connections; connection++)
        {
            clients[connection] = Task.Run(async () =>
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(address);
                var buffer = new byte[Bytes];
                for (var i = 0; i < n / connections; i++)
                {
                    await socket.SendAsync(buffer.AsMemory());
                    for (var filled = 0; filled < Bytes;)
                    {
                        var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
                        filled += read != 0 ? read : throw new IOException("echo: the connection ended early");
                    }
                }
            });
        }
        await Task.WhenAll(clients);
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        socket.NoDelay = true;
        var buffer = new byte[Bytes];
        while (true)
        {
            for (var filled = 0; filled < Bytes;)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (read == 0)
                {
                    return;
                }
                filled += read;
            }
            await socket.SendAsync(buffer.AsMemory());
        }
    }
}
