using Goroutines;
using Goroutines.Net;

namespace Balancer;

/// <summary>The whole program, apart from its command line.</summary>
internal static class Application
{
    /// <summary>Balances until <paramref name="stop"/> is cancelled, then drains.</summary>
    /// <returns>The exit code.</returns>
    internal static async ValueTask<int> RunAsync(BalancerOptions options, GoContext stop)
    {
        try
        {
            await using var listener = Listener.Listen(options.Listen);
            await using Listener? admin = options.Admin is null ? null : Listener.Listen(options.Admin);
            Console.WriteLine($"listening on {listener.LocalEndPoint}{(admin is null ? "" : $", admin on {admin.LocalEndPoint}")}");
            await ServeAsync(new BackendPool(options), listener, admin, stop);
            Console.WriteLine("drained");
            return 0;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or TimeoutException)
        {
            Console.Error.WriteLine($"balancer: {exception.Message}");
            return 1;
        }
    }

    /// <summary>Serves on open listeners until <paramref name="stop"/> is cancelled and all connections are drained.</summary>
    internal static async ValueTask ServeAsync(BackendPool pool, Listener listener, Listener? admin, GoContext stop)
    {
        BalancerOptions options = pool.Options;
        using CancelContext ended = GoContext.Background.WithCancel();     // until it is cancelled, checks and metrics go on, also while draining
        using CancelContext closing = GoContext.Background.WithCancel();   // once it is cancelled, no more connections are accepted
        var handlers = new WaitGroup();
        handlers.Spawn(() => new HealthChecker(pool).RunAsync(ended));
        if (admin is not null)
        {
            handlers.Spawn(() => admin.ServeAsync(new AdminServer(pool, stop).HandleAsync, Tell, ended));
        }

        using ContextRegistration drain = stop.AfterFunc(async () =>
        {
            await Go.SleepAsync(options.DrainDelay);
            closing.Cancel();
        });
        Func<Conn, CancellationToken, ValueTask> handler = options.IsTcp
            ? new TcpProxy(pool).HandleAsync
            : (conn, cancellationToken) => new HttpProxy(pool, closing).HandleAsync(conn, cancellationToken);
        try
        {
            await listener.ServeAsync(handler, Tell, new ServeOptions { DrainTimeout = options.DrainTimeout }, closing);
        }
        finally
        {
            ended.Cancel();
            await handlers.WaitAsync();
            pool.CloseIdle();
        }
    }

    private static void Tell(Exception exception) => Console.Error.WriteLine($"balancer: {exception.Message}");
}
