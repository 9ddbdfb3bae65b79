using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Goroutines;
using Goroutines.Net;

namespace Balancer;

/// <summary>
/// Balances the requests of one client's connection.
///
/// A request fails at a backend if the connection fails or the response is malformed. If none of the response has been sent to the client by
/// then, the request is sent to another backend if that is safe: the dial failed, or the method is idempotent and there is no body, which
/// would be lost. Otherwise, the client gets 502 or 504. If a part of the response has been sent, the client's connection ends without
/// further bytes, so that the client sees that the response is incomplete. For the same reason as above, only idempotent requests without a
/// body use connections that were used before, since a backend may close these at any moment.
/// </summary>
internal sealed class HttpProxy(BackendPool pool, GoContext closing)
{
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(500);

    private readonly BalancerOptions _options = pool.Options;
    private readonly HttpHead _request = new();
    private readonly HttpHead _response = new();

    /// <summary>Serves requests until the client or the balancer ends the connection, or a request or its response requires it.</summary>
    internal async ValueTask HandleAsync(Conn conn, CancellationToken cancellationToken)
    {
        var client = new HttpEnd(conn, _options.Timeout);
        byte[] address = conn.RemoteEndPoint is IPEndPoint { Address: var ip } ? Encoding.ASCII.GetBytes(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4().ToString() : ip.ToString()) : [];
        try
        {
            while (await client.ReadHeadAsync(_options.IdleTimeout, _options.HeadTimeout, closing) is var length and > 0)
            {
                _request.ParseRequest(client.Head(length));
                DateTimeOffset begun = Go.Now;
                bool goesOn = await ForwardAsync(client, length, address, cancellationToken);
                pool.Durations.Add(Go.Now - begun);
                if (!goesOn)
                {
                    await LingerAsync(conn);
                    return;
                }

                client.BeginAnswer();      // what has been sent was the last request's
            }
        }
        catch (HttpException exception)
        {
            await RefuseAsync(client, exception.Status);
            await LingerAsync(conn);
        }
        catch (EndException exception) when (exception.End == client && exception.IsTimeout && client.HasLeft)
        {
            await RefuseAsync(client, 408);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has gone, a response broke off, or the connection was idle when the balancer began to drain.
        }
    }

    /// <summary>Carries out one request.</summary>
    /// <returns>Whether another request may follow on the connection.</returns>
    private async ValueTask<bool> ForwardAsync(HttpEnd client, int headLength, byte[] address, CancellationToken cancellationToken)
    {
        bool mayRepeat = _request is { IsIdempotent: true, HasBody: false, IsUpgrade: false };
        List<Backend> tried = [];
        int status = 503;
        while (tried.Count < _options.Attempts && pool.Take(tried) is { } backend)
        {
            bool? succeeded = false;
            bool isKept = false, wasIdle = false;
            HttpEnd? end = null;
            try
            {
                end = mayRepeat ? pool.TakeIdle(backend) : null;
                wasIdle = end is not null;
                end ??= new HttpEnd(await TcpProxy.DialAsync(pool, backend, cancellationToken), _options.Timeout);
                (bool goesOn, isKept) = await ExchangeAsync(client, headLength, address, end);
                succeeded = _response.Status is not (502 or 503 or 504);
                return goesOn;
            }
            catch (Exception exception) when (end is null && exception is IOException or SocketException or TimeoutException)
            {
                status = exception is TimeoutException ? 504 : 502;
                tried.Add(backend);
            }
            catch (EndException exception) when (exception.End == end && wasIdle && !end.HasAnswered && !exception.IsTimeout)
            {
                // The backend closed the connection while it was idle. This is not a failure, and a new connection is dialled.
                succeeded = null;
                pool.CloseIdle(backend);
            }
            catch (EndException exception) when (exception.End == end && !client.HasSent)
            {
                status = exception.IsTimeout ? 504 : 502;
                tried.Add(backend);
                if (!mayRepeat)
                {
                    break;
                }
            }
            catch (EndException exception) when (exception.End == client)
            {
                succeeded = null;
                throw;
            }
            catch (Exception exception) when (exception is HttpException or OperationCanceledException)
            {
                succeeded = null;      // the client's body is malformed, or the time to drain is over
                throw;
            }
            finally
            {
                pool.Return(backend, succeeded);
                if (isKept)
                {
                    pool.KeepIdle(backend, end!);
                }
                else
                {
                    end?.Dispose();
                }
            }
        }

        // An unread body would be taken for the next request.
        bool staysOpen = _request is { KeepAlive: true, HasBody: false } && !closing.IsCancelled;
        client.Use(_request.HasBody ? 0 : headLength);
        await RefuseAsync(client, status, staysOpen);
        return staysOpen;
    }

    /// <summary>Sends the request to a backend and the response to the client.</summary>
    /// <returns>Whether another request may follow on the client's and on the backend's connection.</returns>
    private async ValueTask<(bool GoesOn, bool IsKept)> ExchangeAsync(HttpEnd client, int headLength, byte[] address, HttpEnd end)
    {
        end.BeginAnswer();
        client.BeginAnswer();
        _request.AddRequestTo(end, client.Head(headLength), address);
        if (!_request.HasBody)
        {
            await end.FlushAsync();
            (bool goesOn, bool isKept) = await AnswerAsync(client, end, headLength);
            return (goesOn, isKept && !end.HasLeft);
        }

        // A backend may respond before it has all of the body (100 Continue, 413), so both directions run concurrently.
        client.Use(headLength);
        Exception? failure = null;
        Goroutine sending = Go.Run(async () =>
        {
            try
            {
                await client.PassBodyAsync(_request.Framing, _request.Length, end);
            }
            catch (Exception exception) when (exception is IOException or HttpException)
            {
                failure = exception;
                if (exception is not EndException { End: var failed } || failed == client)
                {
                    end.Dispose();      // the request will never be complete, so no response is awaited
                }
            }
        });
        try
        {
            (bool goesOn, bool isKept) = await AnswerAsync(client, end, 0);
            if (!sending.IsCompleted && client.HasReadBody)
            {
                // Backends respond as soon as they have the last bytes. The sending goroutine may not have run since.
                var select = new Select().AndTimeout(s_linger);
                select.Join(sending);
                await select.WaitAsync();
            }

            bool isSent = sending.IsCompleted && failure is null;
            return (goesOn && isSent, isKept && isSent && !end.HasLeft);
        }
        catch (EndException exception) when (exception.End == end && (failure is HttpException || (failure as EndException)?.End == client))
        {
            throw failure!;      // the sending goroutine closed the backend's connection because of it, and may not have ended since
        }
        finally
        {
            if (!sending.IsCompleted)
            {
                end.Dispose();
                client.Conn.ReadDeadline = Go.Now - TimeSpan.FromSeconds(1);
                await sending;
            }
        }
    }

    /// <summary>Passes the response on.</summary>
    /// <param name="client">The client's end.</param>
    /// <param name="end">The backend's end.</param>
    /// <param name="headLength">The length of the request's head, if it is still unused. It is used after the response: until then, another
    /// backend may need it.</param>
    /// <exception cref="EndException">One of the two connections failed, or the response is malformed.</exception>
    private async ValueTask<(bool GoesOn, bool IsKept)> AnswerAsync(HttpEnd client, HttpEnd end, int headLength)
    {
        try
        {
            return await PassAnswerAsync(client, end, headLength);
        }
        catch (HttpException exception)
        {
            throw new EndException(end, exception);
        }
    }

    private async ValueTask<(bool GoesOn, bool IsKept)> PassAnswerAsync(HttpEnd client, HttpEnd end, int headLength)
    {
        while (true)
        {
            int length = await end.ReadHeadAsync(_options.Timeout, _options.Timeout, CancellationToken.None);
            if (length == 0)
            {
                throw new EndException(end, new IOException("the connection ended without an answer"));
            }

            _response.ParseResponse(end.Head(length), _request.Method);
            if (_response.Status == 101 && !_request.IsUpgrade)
            {
                throw new HttpException(502, "an upgrade that nothing asked for");
            }

            bool isInterim = _response.Status is >= 100 and < 200 and not 101;
            bool goesOn = _request.KeepAlive && _response.Framing != Framing.UntilClose && !closing.IsCancelled;
            _response.AddResponseTo(client, end.Head(length), close: !goesOn);
            end.Use(length);
            if (isInterim)
            {
                await client.FlushInterimAsync();
                continue;
            }

            if (_response.Status == 101)
            {
                client.Use(headLength);
                await SwitchAsync(client, end, _options.IdleTimeout);
                return (false, false);
            }

            await end.PassBodyAsync(_response.Framing, _response.Length, client);
            client.Use(headLength);
            return (goesOn, _response.KeepAlive);
        }
    }

    // Input that has already arrived from either side goes first.
    private static async ValueTask SwitchAsync(HttpEnd client, HttpEnd end, TimeSpan idle)
    {
        end.PassLeftTo(client);
        client.PassLeftTo(end);
        await client.FlushAsync();
        await end.FlushAsync();
        await Tunnel.RunAsync(client.Conn, end.Conn, idle);
    }

    /// <summary>Sends a response of the balancer's own, unless a part of another one has been sent.</summary>
    private async ValueTask RefuseAsync(HttpEnd client, int status, bool staysOpen = false)
    {
        if (client.HasSent)
        {
            return;
        }

        string body = $"{status}\n";
        client.BeginAnswer();
        client.Add(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n{(staysOpen ? "" : "Connection: close\r\n")}\r\n{(_request.Method == "HEAD" ? "" : body)}")));
        try
        {
            await client.FlushAsync();
        }
        catch (EndException)
        {
            // The client did not wait for the response.
        }
    }

    /// <summary>Ends the balancer's side and reads for a moment. Closing with unread bytes would reset the connection, and the response
    /// could be lost.</summary>
    private static async ValueTask LingerAsync(Conn conn)
    {
        try
        {
            conn.CloseWrite();
            conn.ReadDeadline = Go.Now + s_linger;
            var buffer = new byte[4096];
            while (await conn.ReadAsync(buffer) > 0)
            {
                // The bytes are dropped.
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client has gone, or its time is over.
        }
    }
}
