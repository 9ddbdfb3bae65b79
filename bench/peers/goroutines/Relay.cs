using Goroutines.Net;

namespace Goroutines.Peers;

/// <summary>copy: n MiB from four clients through a relay, which copies from connection to connection, to a server that reads them away.</summary>
internal static class Relay
{
    public const int Relays = 4;

    public static ValueTask<Result> RunAsync(int n, Mode mode) => ProcessorMeasure.RunAsync(n, small: Relays, mode, CopyAsync);

    private static async ValueTask CopyAsync(int n)
    {
        using var sink = Listener.Listen("127.0.0.1:0");
        using var relay = Listener.Listen("127.0.0.1:0");
        var wg = new WaitGroup();
        for (var i = 0; i < Relays; i++)
        {
            wg.Spawn(async () =>
            {
                using var from = await relay.AcceptAsync();
                using var to = await Conn.DialAsync(sink.LocalEndPoint.ToString()!);
                await from.CopyToAsync(to);
            });
            wg.Spawn(async () =>
            {
                using var conn = await sink.AcceptAsync();
                var buffer = new byte[128 << 10];
                var total = 0L;
                while (await conn.ReadAsync(buffer) is var read and > 0)
                {
                    total += read;
                }
                if (total != (long)n / Relays << 20)
                {
                    throw new IOException("copy: bytes lost");
                }
            });
            wg.Spawn(async () =>
            {
                using var conn = await Conn.DialAsync(relay.LocalEndPoint.ToString()!);
                var buffer = new byte[128 << 10];
                for (var chunk = 0; chunk < n / Relays * 8; chunk++)
                {
                    await conn.WriteAsync(buffer);
                }
            });
        }
        await wg.WaitAsync();
    }
}
