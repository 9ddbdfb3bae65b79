using System.Text;
using Goroutines;
using Goroutines.Net;

namespace Balancer;

/// <summary>Runs backends, the balancer and clients in one program. A backend is killed under load, and no request may fail.</summary>
internal static class Demo
{
    private const int Clients = 50;
    private const int RequestsEach = 40;

    internal static async ValueTask<int> RunAsync()
    {
        List<(Listener Listener, CancelContext Life, Goroutine Serving)> backends = [];
        for (int i = 0; i < 3; i++)
        {
            string name = $"backend {i + 1}";
            var listener = Listener.Listen("127.0.0.1:0");
            CancelContext life = GoContext.Background.WithCancel();
            backends.Add((listener, life, Go.Run(() => listener.ServeAsync((conn, stop) => ServeAsync(conn, name, stop), _ => { }, life))));
        }

        var pool = new BackendPool(new BalancerOptions { Backends = [.. backends.Select(backend => backend.Listener.LocalEndPoint.ToString()!)] });
        using CancelContext stop = GoContext.Background.WithCancel();
        await using var front = Listener.Listen("127.0.0.1:0");
        await using var admin = Listener.Listen("127.0.0.1:0");
        Goroutine balancing = Go.Run(() => Application.ServeAsync(pool, front, admin, stop));

        string address = front.LocalEndPoint.ToString()!;
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Go.Run(() => AskAsync(address)).AsTask()));
        Console.WriteLine($"six requests: {string.Join(", ", answers.GroupBy(answer => answer).OrderBy(group => group.Key).Select(group => $"{group.Count()} from {group.Key}"))}");

        // After a third of the load, a backend is killed, with all its connections and the requests on them.
        int failed = 0, done = 0;
        var clients = new WaitGroup();
        for (int i = 0; i < Clients; i++)
        {
            clients.Spawn(async () =>
            {
                for (int n = 0; n < RequestsEach; n++)
                {
                    if (!(await AskAsync(address)).StartsWith("backend", StringComparison.Ordinal))
                    {
                        Interlocked.Increment(ref failed);
                    }

                    if (Interlocked.Increment(ref done) == Clients * RequestsEach / 3)
                    {
                        backends[1].Life.Cancel();
                        backends[1].Listener.Dispose();
                    }
                }
            });
        }

        await clients.WaitAsync();
        Console.WriteLine($"{done} requests while a backend went away: {failed} failed");
        Console.WriteLine($"healthy: {await AskAsync(admin.LocalEndPoint.ToString()!, "/healthz")}");

        stop.Cancel();
        await balancing;
        Console.WriteLine("drained");
        foreach ((Listener listener, CancelContext life, Goroutine serving) in backends)
        {
            life.Dispose();
            listener.Dispose();
            await serving;
        }

        return failed == 0 ? 0 : 1;
    }

    private static async ValueTask ServeAsync(Conn conn, string name, CancellationToken stop)
    {
        using CancellationTokenRegistration killed = stop.Register(conn.Dispose);
        var end = new HttpEnd(conn, TimeSpan.FromSeconds(10));
        byte[] answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {name.Length}\r\n\r\n{name}");
        try
        {
            while (await end.ReadHeadAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10), stop) is var length and > 0)
            {
                end.Use(length);
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1), stop);
                end.Add(answer);
                await end.FlushAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The backend was killed, or the balancer closed the connection.
        }
    }

    private static async ValueTask<string> AskAsync(string address, string path = "/")
    {
        await using Conn conn = await Conn.DialAsync(address);
        await conn.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(conn);
        string answer = await reader.ReadToEndAsync();
        return answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Trim();
    }
}
