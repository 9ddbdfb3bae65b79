#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;
using Goroutines.Net;

Go.Main(async () =>
{
    using var stop = new CancellationTokenSource();
    await using Listener listener = Listener.Listen("127.0.0.1:0");
    Goroutine server = Go.Run(() => listener.ServeAsync(async (conn, token) => await conn.CopyToAsync(conn, token), Console.Error.WriteLine, stop.Token));

    await using (Conn conn = await Conn.DialAsync(listener.LocalEndPoint.ToString()!))
    {
        await conn.WriteAsync("is there an echo?\n"u8.ToArray());
        using var reader = new StreamReader(conn, leaveOpen: true);
        Console.WriteLine(await reader.ReadLineAsync());
    }

    stop.Cancel();
    await server;                                    // when every handler has ended
});
