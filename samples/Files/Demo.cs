using System.Text;
using Goroutines;
using Goroutines.Net;

namespace Files;

/// <summary>The server and its clients in one program: HttpClient over connections of Goroutines.Net, and requests no HttpClient makes.</summary>
internal static class Demo
{
    private const int Clients = 200;

    internal static async ValueTask RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("files-");
        try
        {
            await RunAsync(directory);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async ValueTask RunAsync(DirectoryInfo directory)
    {
        var picture = new byte[300_000];
        new Random(1).NextBytes(picture);
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "index.html"), "<h1>Hello</h1>\n");
        await File.WriteAllBytesAsync(Path.Combine(directory.CreateSubdirectory("a b").FullName, "c.png"), picture);

        using var stop = new CancellationTokenSource();
        await using var listener = Listener.Listen("127.0.0.1:0");
        var server = Go.Run(() => listener.ServeAsync(
            new FileServer(new FileTree(directory.FullName)).HandleAsync,
            exception => Console.WriteLine($"error: {exception}"),
            stop.Token));

        var address = listener.LocalEndPoint.ToString()!;
        await AskOneByOneAsync(address);
        await AskRawAsync(address, "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n");
        await AskRawAsync(address, "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n");
        await AskRawAsync(address, "GET / HTTP/2.0\r\n\r\n");
        await AskRawAsync(address, $"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('x', 20_000)}\r\n\r\n");
        await AskRawAsync(address, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + new string('x', 100_000));
        await AskAtOnceAsync(address, picture);

        stop.Cancel();
        await server;
        Console.WriteLine("stopped");
    }

    private static async ValueTask AskOneByOneAsync(string address)
    {
        var connections = 0;
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                Interlocked.Increment(ref connections);
                return await Conn.DialAsync(address, cancellationToken);
            },
        });
        foreach (var (method, path) in new[] { ("GET", "/"), ("HEAD", "/"), ("GET", "/a%20b/c.png?size=full"), ("GET", "/a%20b"), ("GET", "/missing"), ("DELETE", "/") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"http://{address}{path}");
            using var response = await client.SendAsync(request);
            var body = await response.Content.ReadAsByteArrayAsync();
            Console.WriteLine($"{method} {path}: {(int)response.StatusCode}, {response.Content.Headers.ContentType}, length {response.Content.Headers.ContentLength}, got {body.Length}");
        }

        Console.WriteLine($"all over {connections} connection");
    }

    /// <summary>Sends bytes as they are, and prints the status line of the answer.</summary>
    private static async ValueTask AskRawAsync(string address, string request)
    {
        await using var connection = await Conn.DialAsync(address);
        await connection.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(connection);
        Console.WriteLine($"{request.Split('\r')[0]}: {await reader.ReadLineAsync()}");
    }

    private static async ValueTask AskAtOnceAsync(string address, byte[] expected)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => await Conn.DialAsync(address, cancellationToken),
        });
        var right = 0;
        var clients = new WaitGroup();
        for (var i = 0; i < Clients; i++)
        {
            clients.Spawn(async () =>
            {
                var body = await client.GetByteArrayAsync($"http://{address}/a%20b/c.png");
                if (body.AsSpan().SequenceEqual(expected))
                {
                    Interlocked.Increment(ref right);
                }
            });
        }

        await clients.WaitAsync();
        Console.WriteLine($"{right} of {Clients} clients at once got the whole picture");
    }
}
