namespace Goroutines.Diagnostics;

/// <summary>The live page of one runtime and its data, behind whatever web server there is.</summary>
/// <remarks>
/// <para>A server makes one page for a runtime, decides who may ask (address, token, policy), and then calls <see cref="HandleAsync"/>. It passes
/// the method, the path below the mount point and the query, and sends what it gets: status, content type, headers, and the body, which is
/// written by the answer itself, so that a dump of a million goroutines is streamed. All links in the page are relative to the mount point,
/// which has to end in a slash: a server redirects <c>/debug/goroutines</c> to <c>/debug/goroutines/</c>.</para>
/// <para>Reads are <c>GET</c>. What acts is <c>POST</c>, and is refused with 403 unless <see cref="DiagnosticsRequest.MayAct"/>. The page limits
/// its own rate: one snapshot at a time.</para>
/// <para>Safe from any thread.</para>
/// </remarks>
internal sealed class DiagnosticsPage(GoRuntime runtime)
{
    /// <summary>Answers one request.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends the work: the caller has gone.</param>
    /// <returns>The answer; status 404 for a path that is none of the page's.</returns>
    internal ValueTask<DiagnosticsResponse> HandleAsync(DiagnosticsRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<DiagnosticsResponse>((request.Method, request.Path) switch
        {
            ("GET" or "HEAD", "api/dump") => new DiagnosticsResponse(200, "text/plain; charset=utf-8", WriteDumpAsync),
            ("GET" or "HEAD", _) => DiagnosticsResponse.Text(404, "There is no such page."),
            _ => DiagnosticsResponse.Text(405, "The page is read by GET."),
        });
    }

    private async ValueTask WriteDumpAsync(Stream body, CancellationToken cancellationToken)
    {
        StreamWriter writer = new(body, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            runtime.Dump(writer);
        }
    }
}
