using System.Globalization;
using System.Text;
using Goroutines;
using Goroutines.Net;

namespace Balancer;

/// <summary>Answers <c>/metrics</c> and <c>/healthz</c>, one request per connection.</summary>
internal sealed class AdminServer(BackendPool pool, GoContext stop)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    internal async ValueTask HandleAsync(Conn conn, CancellationToken cancellationToken)
    {
        var end = new HttpEnd(conn, s_timeout);
        try
        {
            int length = await end.ReadHeadAsync(s_timeout, s_timeout, cancellationToken);
            if (length > 0)
            {
                var head = new HttpHead();
                head.ParseRequest(end.Head(length));
                string line = Encoding.Latin1.GetString(end.Head(length));
                (int status, string body) = line.Split(' ')[1].Split('?')[0] switch
                {
                    "/metrics" => (200, pool.Metrics()),
                    "/healthz" when stop.IsCancelled => (503, "draining\n"),
                    "/healthz" => pool.HasHealthy() ? (200, "ok\n") : (503, "no backend\n"),
                    _ => (404, "not found\n"),
                };
                end.Add(Encoding.UTF8.GetBytes(string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 {status} {(status == 200 ? "OK" : "Error")}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{(head.Method == "HEAD" ? "" : body)}")));
                await end.FlushAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or HttpException or OperationCanceledException)
        {
            // There is no request, or the client no longer waits for the response.
        }
    }
}
