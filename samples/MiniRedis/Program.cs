// A server that speaks Redis's protocol, `RESP2`, and keeps strings and lists in memory, with expiry, blocking pops, publish and subscribe,
// pipelining and INFO. A goroutine a connection; commands run one at a time, as in Redis. Of patterns, KEYS knows `*` and `?`.
// `samples/MiniRedis/compare` holds it against a real one.
//
//     dotnet run -c Release --project samples/MiniRedis -- 127.0.0.1:6379     serves until Ctrl+C; then redis-cli, redis-benchmark
//     dotnet run -c Release --project samples/MiniRedis                       runs clients of its own, prints what they get, and ends

using Goroutines;
using Goroutines.Net;
using MiniRedis;

return Go.Main(async () =>
{
    using CancelContext stop = GoContext.WithSignals();
    using Listener listener = Listener.Listen(args is [string address] ? address : "127.0.0.1:0");
    var server = new Server(new Database());
    Goroutine serving = Go.Run(() => server.ServeAsync(listener, stop));
    if (args.Length == 0)
    {
        await Demo.RunAsync(listener.LocalEndPoint.ToString()!);
        stop.Cancel();
    }
    else
    {
        Console.WriteLine($"listening on {listener.LocalEndPoint}");
    }

    await serving;
    return 0;
});
