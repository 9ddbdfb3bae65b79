// A load balancer for HTTP/1.1 and for TCP. It has a goroutine for each connection and one for each backend's health, and no threads of its
// own.
//
//     dotnet run -c Release --project samples/Balancer -- --listen :8080 --backend 127.0.0.1:9001 --backend 127.0.0.1:9002 --admin :9100
//     dotnet run -c Release --project samples/Balancer          runs its own backends and clients, kills a backend under load, and ends
//
// --help lists the options. SIGTERM or Ctrl+C drains: no more connections are accepted, and requests under way are completed.

using Balancer;
using Goroutines;

return args.Length == 0
    ? Go.Main(Demo.RunAsync)
    : CommandLine.Invoke(args, options => Go.Main(async () =>
    {
        using CancelContext stop = GoContext.WithSignals();
        return await Application.RunAsync(options, stop);
    }));
