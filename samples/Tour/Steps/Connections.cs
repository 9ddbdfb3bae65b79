using System.Diagnostics;
using Goroutines;
using Goroutines.Net;

namespace Tour.Steps;

/// <summary>Many connections at once, a goroutine at each end.</summary>
internal sealed class Connections : Step
{
    private const int Clients = 300;
    private const int Rounds = 100;

    internal override string Title => "Three hundred connections";

    internal override string Shows =>
        "An echo server over loopback, a goroutine a connection; each client sends a hundred messages and reads each back.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        using var stop = new CancellationTokenSource();
        await using var listener = Listener.Listen("127.0.0.1:0");
        var failed = 0;
        var server = Go.Run(() => listener.ServeAsync(EchoAsync, _ => Interlocked.Increment(ref failed), stop.Token));
        var address = listener.LocalEndPoint.ToString()!;

        var clock = Stopwatch.StartNew();
        var right = await Go.ScopeAsync(async scope =>
        {
            var clients = new List<Goroutine<int>>();
            for (var i = 0; i < Clients; i++)
            {
                var number = i;
                clients.Add(scope.Run(() => AskAsync(address, number, scope.CancellationToken)));
            }

            var sum = 0;
            foreach (var client in clients)
            {
                sum += await client;
            }

            return sum;
        });
        var elapsed = clock.Elapsed;

        stop.Cancel();
        await server;
        findings.Fact("messages there and back", Format.Rate(Clients * Rounds, elapsed));
        findings.Check("every client got back what it sent", right == Clients * Rounds);
        findings.Check("the server stopped, and no connection failed", failed == 0);
    });

    private static async ValueTask EchoAsync(Conn connection, CancellationToken stop)
    {
        var buffer = new byte[256];
        while (await connection.ReadAsync(buffer, stop) is > 0 and var count)
        {
            await connection.WriteAsync(buffer.AsMemory(0, count), stop);
        }
    }

    /// <summary>How many messages came back as they were sent.</summary>
    private static async ValueTask<int> AskAsync(string address, int number, CancellationToken cancellationToken)
    {
        await using var connection = await Conn.DialAsync(address, cancellationToken);
        var message = new byte[8];
        var answer = new byte[8];
        var right = 0;
        for (var round = 0; round < Rounds; round++)
        {
            BitConverter.TryWriteBytes(message, number * (long)Rounds + round);
            await connection.WriteAsync(message, cancellationToken);
            await connection.ReadExactlyAsync(answer, cancellationToken);
            right += message.AsSpan().SequenceEqual(answer) ? 1 : 0;
        }

        return right;
    }
}
