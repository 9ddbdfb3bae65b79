using System.Globalization;
using System.Text;
using Goroutines.Net;

namespace Goroutines.Diagnostics;

/// <summary>Implements as much of HTTP/1.1 as the page needs: one request per connection, without a body, and an answer in
/// chunks.</summary>
internal sealed class HttpServer(DiagnosticsPage page, HttpGate gate, bool allowActions)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    internal async ValueTask HandleAsync(Conn connection, CancellationToken cancellationToken)
    {
        await using (connection.ConfigureAwait(false))
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(s_patience);
            HttpRequestHead? head = await HttpRequestHead.ReadAsync(connection, patience.Token).ConfigureAwait(false);
            if (head is null)
            {
                return;
            }

            patience.CancelAfter(Timeout.InfiniteTimeSpan);
            DiagnosticsResponse response;
            try
            {
                response = await AnswerAsync(head, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                response = DiagnosticsResponse.Text(500, $"The page has failed: {exception.GetType().Name}.");
            }

            await SendAsync(connection, response, head.Method == "HEAD", cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<DiagnosticsResponse> AnswerAsync(HttpRequestHead head, CancellationToken cancellationToken)
    {
        if (!gate.IsFromHere(head))
        {
            return DiagnosticsResponse.Text(403, "This page is for this machine only.");
        }

        int mark = head.Target.IndexOf('?', StringComparison.Ordinal);
        string path = (mark < 0 ? head.Target : head.Target[..mark]).TrimStart('/');
        string query = mark < 0 ? "" : head.Target[(mark + 1)..];
        if (!gate.HasToken(head, PageQuery.Parse(query), out bool inAddress))
        {
            return DiagnosticsResponse.Text(401, "Open the address that the program has printed: the token stands in it.");
        }

        if (inAddress && path.Length == 0 && head.Method == "GET")
        {
            // Move the token into a cookie: in the address it would be visible and kept in the history.
            string rest = string.Join('&', query.Split('&').Where(static pair => !pair.StartsWith("token=", StringComparison.Ordinal)));
            return DiagnosticsResponse.Text(302, "See there.").With("Location", rest.Length == 0 ? "/" : $"/?{rest}")
                .With("Set-Cookie", $"{gate.CookieName}={gate.Token}; Path=/; HttpOnly; SameSite=Strict");
        }

        // A page of another site cannot send this header without a CORS preflight, and a preflight is never granted.
        bool acts = allowActions && (head.Method != "POST" || gate.Token.Length == 0 || head["X-Goroutines"] == "act");
        return await page.HandleAsync(new DiagnosticsRequest(head.Method, path, query, acts), cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask SendAsync(Conn connection, DiagnosticsResponse response, bool headOnly, CancellationToken cancellationToken)
    {
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {response.Status} {Reason(response.Status)}\r\nContent-Type: {response.ContentType}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n");
        foreach ((string name, string value) in response.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append("\r\n");
        await connection.WriteAsync(Encoding.Latin1.GetBytes(head.ToString()), cancellationToken).ConfigureAwait(false);
        if (headOnly)
        {
            return;
        }

        ChunkedStream body = new(connection);
        await using (body.ConfigureAwait(false))
        {
            await response.WriteAsync(body, cancellationToken).ConfigureAwait(false);
            await body.EndAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        429 => "Too Many Requests",
        _ => "Internal Server Error",
    };
}
