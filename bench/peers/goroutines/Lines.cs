using Goroutines.Net;

namespace Goroutines.Peers;

/// <summary>lines: a line there and back, by <see cref="StreamReader"/> and <see cref="StreamWriter"/>.</summary>
internal static class Lines
{
    public static async ValueTask RunAsync(int n)
    {
        using var listener = Listener.Listen("127.0.0.1:0");
        Go.Spawn(async () =>
        {
            for (var connection = 0; connection < Echo.Connections; connection++)
            {
                var accepted = await listener.AcceptAsync();
                Go.Spawn(ServeAsync, accepted);
            }
        });

        var wg = new WaitGroup();
        for (var connection = 0; connection < Echo.Connections; connection++)
        {
            wg.Spawn(async () =>
            {
                using var conn = await Conn.DialAsync(listener.LocalEndPoint.ToString()!);
                using var reader = new StreamReader(conn);
                await using var writer = new StreamWriter(conn) { NewLine = "\n" };
                for (var i = 0; i < n / Echo.Connections; i++)
                {
                    await writer.WriteLineAsync("the quick brown fox jumps over the lazy dog");
                    await writer.FlushAsync();
                    if (await reader.ReadLineAsync() is null)
                    {
                        throw new IOException("lines: the connection ended early");
                    }
                }
            });
        }
        await wg.WaitAsync();
    }

    private static async ValueTask ServeAsync(Conn conn)
    {
        using var connection = conn;
        using var reader = new StreamReader(conn);
        await using var writer = new StreamWriter(conn) { NewLine = "\n" };
        while (await reader.ReadLineAsync() is { } line)
        {
            await writer.WriteLineAsync(line);
            await writer.FlushAsync();
        }
    }
}
