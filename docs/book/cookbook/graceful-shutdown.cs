#:project ../../../src/Goroutines/Goroutines.csproj

using System.Diagnostics;
using Goroutines;
using Goroutines.Net;

return Go.Main(async () =>
{
    using CancelContext stop = GoContext.WithSignals();              // Ctrl+C or SIGTERM; a second one ends the process at once
    using Listener listener = Listener.Listen("127.0.0.1:0");
    var options = new ServeOptions { DrainTimeout = TimeSpan.FromSeconds(10) };
    Goroutine server = Go.Run(() => listener.ServeAsync(Handle, Console.Error.WriteLine, options));
    Console.WriteLine("serving");

    Goroutine<string?> client = Go.Run(Demonstrate, listener.LocalEndPoint.ToString()!, stop);

    await new Select().AndReceive(stop).AndJoin(server).WaitAsync();         // told to stop, or the server failed
    Console.WriteLine("stopping: no new connections, those under way may finish");
    listener.Dispose();                                              // ends the accept loop; handlers have DrainTimeout from now
    await server;                                                    // throws what ended it, if that was a failure
    Console.WriteLine($"a client still got: {await client}");
    return 0;
});

// The token is cancelled when the time to drain is over, not at the signal.
static async ValueTask Handle(Conn conn, CancellationToken cancellationToken)
{
    var reader = new StreamReader(conn);
    await conn.WriteAsync("ready\n"u8.ToArray(), cancellationToken);
    while (await reader.ReadLineAsync(cancellationToken) is { } line)
    {
        await conn.WriteAsync("answer to "u8.ToArray(), cancellationToken);
        await conn.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);
    }
}

// A client that is in the middle of its work when the signal comes.
static async ValueTask<string?> Demonstrate(string address, GoContext stop)
{
    await using Conn conn = await Conn.DialAsync(address);
    using var reader = new StreamReader(conn, leaveOpen: true);
    await reader.ReadLineAsync();

    using Process kill = Process.Start("sh", ["-c", $"kill -TERM {Environment.ProcessId}"]);
    await stop.Done.ReceiveAsync();

    await conn.WriteAsync("the last request\n"u8.ToArray());
    return await reader.ReadLineAsync();
}
