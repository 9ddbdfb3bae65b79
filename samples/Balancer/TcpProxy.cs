using System.Net.Sockets;
using Goroutines;
using Goroutines.Net;

namespace Balancer;

/// <summary>Balances connections: the bytes of each are passed on to one backend unchanged. If a dial fails, nothing has been sent yet, and
/// another backend is tried.</summary>
internal sealed class TcpProxy(BackendPool pool)
{
    internal async ValueTask HandleAsync(Conn client, CancellationToken cancellationToken)
    {
        DateTimeOffset begun = Go.Now;
        List<Backend> tried = [];
        while (tried.Count < pool.Options.Attempts && pool.Take(tried) is { } backend)
        {
            bool? succeeded = false;
            try
            {
                await using Conn conn = await DialAsync(pool, backend, cancellationToken);
                succeeded = await Tunnel.RunAsync(client, conn, pool.Options.IdleTimeout) != conn;
                pool.Durations.Add(Go.Now - begun);
                return;
            }
            catch (Exception exception) when (exception is IOException or SocketException or TimeoutException)
            {
                tried.Add(backend);
            }
            catch (OperationCanceledException)
            {
                succeeded = null;
                throw;
            }
            finally
            {
                pool.Return(backend, succeeded);
            }
        }
    }

    /// <summary>Connects to a backend.</summary>
    /// <exception cref="IOException">The backend refuses.</exception>
    /// <exception cref="TimeoutException">The backend takes too long.</exception>
    internal static async ValueTask<Conn> DialAsync(BackendPool pool, Backend backend, CancellationToken cancellationToken)
    {
        using CancelContext deadline = GoContext.From(cancellationToken).WithTimeout(pool.Options.DialTimeout);
        try
        {
            return await pool.Options.Dial(backend.Address, deadline);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{backend.Address} did not take the connection in time", exception);
        }
    }
}
