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
/// A request may fail at a backend before its answer has begun. It is sent to another one if that can't do it twice: because the dial failed, or
/// because the method is idempotent and there is no body that would be gone. For the same reason only such requests go over connections that
/// were used before, which a backend may close at any moment. When an answer has begun and breaks off, the client's connection is closed.
/// </summary>
internal sealed class HttpProxy(BackendPool pool, GoContext closing)
{
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(500);

    private readonly BalancerOptions _options = pool.Options;
    private readonly HttpHead _request = new();
    private readonly HttpHead _response = new();

    /// <summary>Answers requests until the client ends, is told to, or draws the balancer's end on itself.</summary>
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
            // The client has gone, an answer broke off, or the connection was idle when the balancer was told to stop.
        }
    }

    /// <summary>Carries one request out.</summary>
    /// <returns>Whether the connection can take another one.</returns>
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
                // The backend closed the connection while nothing was asked of it: no failure, and a new one is dialled.
                succeeded = null;
                pool.CloseIdle(backend);
            }
            catch (EndException exception) when (exception.End == end && !end.HasAnswered)
            {
                status = exception.IsTimeout ? 504 : 502;
                tried.Add(backend);
                if (!mayRepeat)
                {
                    break;
                }
            }
            catch (HttpException exception) when (exception.Status == 502)
            {
                status = 502;
                break;
            }
            catch (EndException exception) when (exception.End == client)
            {
                succeeded = null;
                throw;
            }
            catch (Exception exception) when (exception is HttpException or OperationCanceledException)
            {
                succeeded = null;      // the client's body is wrong, or the time to drain is over
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

        // A body that was not read would be taken for the next request.
        bool staysOpen = _request is { KeepAlive: true, HasBody: false } && !closing.IsCancelled;
        client.Use(_request.HasBody ? 0 : headLength);
        await RefuseAsync(client, status, staysOpen);
        return staysOpen;
    }

    /// <summary>Sends the request to a backend and its answer to the client.</summary>
    /// <returns>Whether the client's and the backend's connection can take another request.</returns>
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

        // A backend may answer before it has all of the body (100 Continue, 413), so both go on side by side.
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
                    end.Dispose();      // the request will never be complete: wait for no answer
                }
            }
        });
        try
        {
            (bool goesOn, bool isKept) = await AnswerAsync(client, end, 0);
            if (!sending.IsCompleted && client.HasReadBody)
            {
                // Backends answer as soon as they have the last bytes; the sending goroutine may not have run since.
                var select = new Select().AndTimeout(s_linger);
                select.Join(sending);
                await select.WaitAsync();
            }

            bool isSent = sending.IsCompleted && failure is null;
            return (goesOn && isSent, isKept && isSent && !end.HasLeft);
        }
        catch (EndException exception) when (exception.End == end && sending.IsCompleted && (failure is HttpException || (failure as EndException)?.End == client))
        {
            throw failure!;      // the backend's connection was closed for it
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

    private async ValueTask<(bool GoesOn, bool IsKept)> AnswerAsync(HttpEnd client, HttpEnd end, int usedAtAnswer)
    {
        while (true)
        {
            int length = await end.ReadHeadAsync(_options.Timeout, _options.Timeout, CancellationToken.None);
            if (length == 0)
            {
                throw new EndException(end, new IOException("the connection ended without an answer"));
            }

            _response.ParseResponse(end.Head(length), _request.Method);
            bool isInterim = _response.Status is >= 100 and < 200 and not 101;
            bool goesOn = _request.KeepAlive && _response.Framing != Framing.UntilClose && !closing.IsCancelled;
            _response.AddResponseTo(client, end.Head(length), close: !goesOn);
            end.Use(length);
            if (isInterim)
            {
                await client.FlushAsync();
                continue;
            }

            client.Use(usedAtAnswer);
            if (_response.Status == 101)
            {
                await SwitchAsync(client, end);
                return (false, false);
            }

            await end.PassBodyAsync(_response.Framing, _response.Length, client);
            return (goesOn, _response.KeepAlive);
        }
    }

    // What either side has sent already goes first.
    private async ValueTask SwitchAsync(HttpEnd client, HttpEnd end)
    {
        if (!_request.IsUpgrade)
        {
            throw new HttpException(502, "an upgrade that nothing asked for");
        }

        end.PassLeftTo(client);
        client.PassLeftTo(end);
        await client.FlushAsync();
        await end.FlushAsync();
        await Tunnel.RunAsync(client.Conn, end.Conn, _options.IdleTimeout);
    }

    private async ValueTask RefuseAsync(HttpEnd client, int status, bool staysOpen = false)
    {
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
            // It did not wait for the answer.
        }
    }

    /// <summary>Ends our side and reads on for a moment: closing on unread bytes would reset the connection, and the answer with it.</summary>
    private static async ValueTask LingerAsync(Conn conn)
    {
        try
        {
            conn.CloseWrite();
            conn.ReadDeadline = Go.Now + s_linger;
            var buffer = new byte[4096];
            while (await conn.ReadAsync(buffer) > 0)
            {
                // Nothing of it is wanted.
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It has gone, or has had its time.
        }
    }
}
