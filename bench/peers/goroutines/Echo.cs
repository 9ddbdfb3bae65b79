using Goroutines.Net;

namespace Goroutines.Peers;

/// <summary>echo: TCP connections on loopback (64, or as many as the name says), request and reply of 128 bytes or as many as given. An operation is one exchange.</summary>
internal static class Echo
{
    public const int Connections = 64;
    public const int Bytes = 128;
    public const int LargeBytes = 4096;

    public static async ValueTask RunAsync(int n, int connections, int bytes = Bytes)
    {
        using var listener = Listener.Listen("127.0.0.1:0");
        Go.Spawn(async () =>
        {
            for (var connection = 0; connection < connections; connection++)
            {
                var accepted = await listener.AcceptAsync();
                Go.Spawn(() => ServeAsync(accepted, bytes));
            }
        });

        var wg = new WaitGroup();
        for (var connection = 0; connection < connections; connection++)
        {
            wg.Spawn(async () =>
            {
                using var conn = await Conn.DialAsync(listener.LocalEndPoint.ToString()!);
                var buffer = new byte[bytes];
                for (var i = 0; i < n / connections; i++)
                {
                    await conn.WriteAsync(buffer);
                    for (var filled = 0; filled < bytes;)
                    {
                        var read = await conn.ReadAsync(buffer.AsMemory(filled));
                        filled += read != 0 ? read : throw new IOException("echo: the connection ended early");
                    }
                }
            });
        }
        await wg.WaitAsync();
    }

    private static async ValueTask ServeAsync(Conn conn, int bytes)
    {
        using var connection = conn;
        var buffer = new byte[bytes];
        while (true)
        {
            for (var filled = 0; filled < bytes;)
            {
                var read = await conn.ReadAsync(buffer.AsMemory(filled));
                if (read == 0)
                {
                    return;
                }
                filled += read;
            }
            await conn.WriteAsync(buffer);
        }
    }
}
