#:project ../src/Goroutines/Goroutines.csproj

// A TCP proxy: each direction is a goroutine, the end of one direction is passed on and leaves the other open, and a
// connection on which nothing moves is closed.
//
//     dotnet run samples/proxy.cs                      a server, the proxy and clients in this program, then ends
//     dotnet run samples/proxy.cs -- ADDRESS TARGET    the proxy, until Ctrl+C: from ADDRESS to TARGET
//
// Without arguments prints what a server beyond the proxy got of a megabyte and answered after its end, how a client
// that says nothing is dismissed, and what becomes of one when there is no server.

using System.Security.Cryptography;
using System.Text;
using Goroutines;
using Goroutines.Net;

return Go.Main(async () =>
{
    try
    {
        switch (args.Length)
        {
            case 0:
                await DemoAsync();
                return 0;
            case 2:
                await RunAsync(args[0], new Proxy(args[1], idle: TimeSpan.FromMinutes(2)));
                return 0;
            default:
                Console.Error.WriteLine("usage: proxy [ADDRESS TARGET]");
                return 2;
        }
    }
    catch (Exception exception) when (exception is IOException or ArgumentException)
    {
        Console.Error.WriteLine($"proxy: {exception.Message}");
        return 1;
    }
});

static async ValueTask RunAsync(string address, Proxy proxy)
{
    // The first signal cancels, and with that ends every wait; a second one ends the process as usual.
    using var stop = GoContext.WithSignals();

    await using var listener = Listener.Listen(address);
    Console.WriteLine($"listening on {listener.LocalEndPoint}");
    await listener.ServeAsync(proxy.HandleAsync, exception => Console.Error.WriteLine($"proxy: {exception.Message}"), stop);
    Console.WriteLine("stopped");
}

static async ValueTask DemoAsync()
{
    using var stop = new CancellationTokenSource();
    var errors = new Chan<Exception>(10);
    await using var backend = Listener.Listen("127.0.0.1:0");
    await using var front = Listener.Listen("127.0.0.1:0");
    var proxy = new Proxy(backend.LocalEndPoint.ToString()!, idle: TimeSpan.FromMilliseconds(300));
    var servers = Go.ScopeAsync(async scope =>
    {
        scope.Spawn(() => backend.ServeAsync(HashAsync, exception => errors.TrySend(exception), stop.Token));
        scope.Spawn(() => front.ServeAsync(proxy.HandleAsync, exception => errors.TrySend(exception), stop.Token));
        await Go.Yield();
    });
    var address = front.LocalEndPoint.ToString()!;

    // The server answers when it has read to the end, so the end has to come through.
    var megabyte = new byte[1 << 20];
    new Random(1).NextBytes(megabyte);
    var answer = await AskAsync(address, megabyte);
    Console.WriteLine($"through the proxy: {answer}");
    Console.WriteLine($"the same as sent: {answer.EndsWith(Convert.ToHexStringLower(SHA256.HashData(megabyte)), StringComparison.Ordinal)}");

    // Neither side says anything: the proxy's deadline ends it.
    await using (var silent = await Conn.DialAsync(address))
    {
        var read = await silent.ReadAsync(new byte[1]);
        Console.WriteLine($"a silent client reads {(read == 0 ? "the end" : "something")}; {(await errors.ReceiveAsync()).Value.GetBaseException().GetType().Name} at the proxy");
    }

    backend.Dispose();
    var nothing = await AskAsync(address, ReadOnlyMemory<byte>.Empty);
    Console.WriteLine($"without a server: \"{nothing}\"; {(await errors.ReceiveAsync()).Value.GetBaseException().GetType().Name} at the proxy");

    stop.Cancel();
    await servers;
    Console.WriteLine("stopped");
}

static async ValueTask<string> AskAsync(string address, ReadOnlyMemory<byte> question)
{
    await using var connection = await Conn.DialAsync(address);
    await connection.WriteAsync(question);
    connection.CloseWrite();
    using var reader = new StreamReader(connection);
    return await reader.ReadToEndAsync();
}

static async ValueTask HashAsync(Conn connection, CancellationToken stop)
{
    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    var buffer = new byte[16_384];
    var total = 0L;
    while (await connection.ReadAsync(buffer, stop) is > 0 and var count)
    {
        hash.AppendData(buffer, 0, count);
        total += count;
    }

    await connection.WriteAsync(Encoding.ASCII.GetBytes($"{total} bytes, {Convert.ToHexStringLower(hash.GetHashAndReset())}"), stop);
}

/// <summary>Passes connections on to a target; one on which no byte moves for a time, either way, is closed.</summary>
internal sealed class Proxy(string target, TimeSpan idle)
{
    private static readonly TimeSpan s_dialTimeout = TimeSpan.FromSeconds(10);

    internal async ValueTask HandleAsync(Conn client, CancellationToken stop)
    {
        Conn server;
        using (var dial = GoContext.From(stop).WithTimeout(s_dialTimeout))
        {
            server = await Conn.DialAsync(target, dial);
        }

        await using (server)
        {
            // When one direction fails, that cancels the other; when one ends, the other goes on.
            var directions = new ErrGroup(GoContext.From(stop));
            directions.Spawn(() => CopyAsync(client, server, directions.CancellationToken));
            directions.Spawn(() => CopyAsync(server, client, directions.CancellationToken));
            await directions.WaitAsync(CancellationToken.None);
        }
    }

    private async ValueTask CopyAsync(Conn from, Conn to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16_384];
        while (true)
        {
            // Both ways: a long download is no reason to close because the other side has nothing to say.
            from.ReadDeadline = to.ReadDeadline = to.WriteDeadline = DateTimeOffset.UtcNow + idle;
            var count = await from.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                to.CloseWrite();
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }
}
