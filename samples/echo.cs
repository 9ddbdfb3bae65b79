#:project ../src/Goroutines/Goroutines.csproj

// An echo server with a goroutine for each connection, and a client.
//
//     dotnet run samples/echo.cs                       both in this program, then ends
//     dotnet run samples/echo.cs -- serve [ADDRESS]    the server, until Ctrl+C; 127.0.0.1:7007 by default
//     dotnet run samples/echo.cs -- dial [ADDRESS]     the client: sends its input, prints what comes back
//
// Without arguments prints how many of 200 clients, all connected at the same time, got back what they sent.

using Goroutines;
using Goroutines.Net;

return Go.Main(async () =>
{
    var address = args.Length > 1 ? args[1] : "127.0.0.1:7007";
    try
    {
        switch (args.Length == 0 ? "" : args[0])
        {
            case "":
                await DemoAsync();
                return 0;
            case "serve" when args.Length <= 2:
                await ServeAsync(address);
                return 0;
            case "dial" when args.Length <= 2:
                await DialAsync(address);
                return 0;
            default:
                Console.Error.WriteLine("usage: echo [serve [ADDRESS] | dial [ADDRESS]]");
                return 2;
        }
    }
    catch (Exception exception) when (exception is IOException or ArgumentException)
    {
        Console.Error.WriteLine($"echo: {exception.Message}");
        return 1;
    }
});

static async ValueTask ServeAsync(string address)
{
    // The first signal cancels, and with that ends every wait below; a second one ends the process as usual.
    using var stop = GoContext.WithSignals();

    await using var listener = Listener.Listen(address);
    Console.WriteLine($"listening on {listener.LocalEndPoint}");
    await listener.ServeAsync(EchoAsync, Report, stop);
    Console.WriteLine("stopped");
}

static async ValueTask EchoAsync(Conn connection, CancellationToken stop)
{
    var buffer = new byte[4096];
    while (await connection.ReadAsync(buffer, stop) is > 0 and var count)
    {
        await connection.WriteAsync(buffer.AsMemory(0, count), stop);
    }
}

static void Report(Exception exception) => Console.Error.WriteLine($"echo: {exception.Message}");

static async ValueTask DialAsync(string address)
{
    await using var connection = await Conn.DialAsync(address);
    await using var input = Console.OpenStandardInput();
    await using var output = Console.OpenStandardOutput();

    // One goroutine a direction: what is written can't hold up what is read.
    var sent = Go.Run(async () =>
    {
        await input.CopyToAsync(connection);
        connection.CloseWrite();
    });
    await connection.CopyToAsync(output);
    await sent;
}

static async ValueTask DemoAsync()
{
    using var stop = new CancellationTokenSource();
    await using var listener = Listener.Listen("127.0.0.1:0");
    var server = Go.Run(() => listener.ServeAsync(EchoAsync, Report, stop.Token));

    const int Clients = 200;
    var address = listener.LocalEndPoint.ToString()!;
    var connected = new WaitGroup();
    connected.Add(Clients);
    var right = 0;
    await Go.ScopeAsync(async scope =>
    {
        var clients = Enumerable.Range(0, Clients)
            .Select(number => scope.Run(() => ClientAsync(number, address, connected, scope.CancellationToken)))
            .ToList();
        foreach (var client in clients)
        {
            right += await client ? 1 : 0;
        }
    });

    Console.WriteLine($"{right} of {Clients} clients got back what they sent");
    stop.Cancel();
    await server;
    Console.WriteLine("stopped");
}

static async ValueTask<bool> ClientAsync(int number, string address, WaitGroup connected, CancellationToken cancellationToken)
{
    await using var connection = await Conn.DialAsync(address, cancellationToken);
    connected.Done();
    await connected.WaitAsync(cancellationToken);

    await using var writer = new StreamWriter(connection, leaveOpen: true) { AutoFlush = true };
    using var reader = new StreamReader(connection, leaveOpen: true);
    await writer.WriteLineAsync($"client {number} was here");
    return await reader.ReadLineAsync(cancellationToken) == $"client {number} was here";
}
