using System.Net.Sockets;
using System.Text;
using Goroutines;
using Goroutines.Net;

namespace Balancer;

/// <summary>Checks every backend periodically, each in a goroutine of its own.</summary>
internal sealed class HealthChecker(BackendPool pool)
{
    private readonly BalancerOptions _options = pool.Options;
    private readonly HttpHead _head = new();

    internal async ValueTask RunAsync(CancellationToken stop)
    {
        try
        {
            await Go.ScopeAsync(
                scope =>
                {
                    foreach (Backend backend in pool.Backends)
                    {
                        scope.Spawn(() => new HealthChecker(pool).WatchAsync(backend, scope.CancellationToken));
                    }

                    return default;
                },
                stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The caller has stopped the checks.
        }
    }

    private async ValueTask WatchAsync(Backend backend, CancellationToken stop)
    {
        while (true)
        {
            pool.Judge(backend, await IsHealthyAsync(backend.Address, stop));
            await Go.SleepAsync(_options.HealthInterval, stop);
        }
    }

    private async ValueTask<bool> IsHealthyAsync(string address, CancellationToken stop)
    {
        using CancelContext deadline = GoContext.From(stop).WithTimeout(_options.HealthInterval);
        try
        {
            await using Conn conn = await _options.Dial(address, deadline);
            if (_options.HealthPath is null)
            {
                return true;
            }

            var end = new HttpEnd(conn, _options.HealthInterval);
            end.Add(Encoding.ASCII.GetBytes($"GET {_options.HealthPath} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: balancer\r\nConnection: close\r\n\r\n"));
            await end.FlushAsync();
            int length = await end.ReadHeadAsync(_options.HealthInterval, _options.HealthInterval, deadline);
            if (length == 0)
            {
                return false;
            }

            _head.ParseResponse(end.Head(length), "GET");
            return _head.Status is >= 200 and < 400;
        }
        catch (Exception exception) when (exception is IOException or SocketException or HttpException or ObjectDisposedException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
