using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>The live page of one runtime and its data, independent of the web server.</summary>
/// <remarks>
/// <para>A server creates one page for a runtime, decides who may send requests (address, token, policy), and then calls
/// <see cref="HandleAsync"/>. It passes the method, the path below the mount point and the query, and sends the answer: status, content
/// type, headers and body. The answer writes the body itself, so that a dump of a million goroutines is streamed. All links in the page are
/// relative to the mount point, which has to end in a slash: the server redirects <c>/debug/goroutines</c> to
/// <c>/debug/goroutines/</c>.</para>
/// <para>Reads are <c>GET</c>. Actions are <c>POST</c>, and are refused with 403 unless <see cref="DiagnosticsRequest.MayAct"/> is set. The
/// page limits its own rate to one look at a time and two per second; simultaneous requests share a look.</para>
/// <para>It does nothing between requests. Thread-safe.</para>
/// </remarks>
/// <param name="runtime">The runtime that is shown.</param>
/// <param name="options">What is shown of it; null for the defaults.</param>
internal sealed class DiagnosticsPage(GoRuntime runtime, DiagnosticsPageOptions? options = null)
{
    private const string JsonType = "application/json; charset=utf-8";

    private readonly DiagnosticsPageOptions _options = options ?? new DiagnosticsPageOptions();
    private readonly LookCache _looks = new(runtime);
    private readonly FindingCache _findings = new(runtime);
    private readonly TraceEndpoints _traces = new(runtime, options?.ShowLabels ?? false);
    private readonly Lock _searchLock = new();
    private bool _searchesLeaks;

    /// <summary>Answers one request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the work when the client has gone.</param>
    /// <returns>The answer; status 404 for an unknown path.</returns>
    internal async ValueTask<DiagnosticsResponse> HandleAsync(DiagnosticsRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.Method is "GET" or "HEAD" or "POST" && await _traces.HandleAsync(request, cancellationToken).ConfigureAwait(false) is { } traced)
            {
                return traced;
            }

            return request.Method switch
            {
                "GET" or "HEAD" => await ReadAsync(request, cancellationToken).ConfigureAwait(false),
                "POST" => await ActAsync(request, cancellationToken).ConfigureAwait(false),
                _ => DiagnosticsResponse.Text(405, "The page is read by GET.").With("Allow", "GET, HEAD, POST"),
            };
        }
        catch (FormatException exception)
        {
            return DiagnosticsResponse.Text(400, exception.Message);
        }
    }

    private async ValueTask<DiagnosticsResponse> ReadAsync(DiagnosticsRequest request, CancellationToken cancellationToken)
    {
        PageQuery query = PageQuery.Parse(request.Query);
        switch (request.Path)
        {
            case "":
                return PageResources.Page();
            case "api/schema":
                return PageResources.Schema();
            case "api/overview":
                IReadOnlyList<Finding> findings = await _findings.GetAsync(cancellationToken).ConfigureAwait(false);
                Look now = await _looks.GetAsync(cancellationToken).ConfigureAwait(false);
                return Answer(json => OverviewView.Write(json, now, findings, request.MayAct));
        }

        GoroutineQuery search = GoroutineQuery.Parse(query["q"]);
        if (request.Path is not ("api/groups" or "api/goroutines" or "api/goroutine" or "api/objects" or "api/graph" or "api/dump" or "api/dump.json" or "api/flame" or "api/profile" or "api/speedscope"))
        {
            return DiagnosticsResponse.Text(404, "There is no such page.");
        }

        Look look = await _looks.GetAsync(cancellationToken).ConfigureAwait(false);
        GoDumpOptions dump = new() { ShowLabels = _options.ShowLabels, ShowNames = _options.ShowNames, FullPaths = _options.FullPaths, Query = query["q"], Limit = query.Number("limit", int.MaxValue) };
        return request.Path switch
        {
            "api/groups" => Answer(json => GroupView.Write(json, look, GoFindings.HistoryOf(runtime), search, query["by"] ?? "site", _options)),
            "api/goroutines" => Answer(json => GoroutineView.WriteMany(json, look, search, query["sort"] ?? "age", query.Number("limit", 200), dump)),
            "api/goroutine" => look.Find(query.Long("id", 0)) is { } g && g.Status is var status and not GStatus.Dead
                ? Answer(json => GoroutineView.WriteOne(json, look, g, status, dump))
                : DiagnosticsResponse.Text(404, "There is no such goroutine: it has ended."),
            "api/objects" => Answer(json => ObjectsView.Write(json, look, search, dump)),
            "api/graph" => Answer(json => GraphView.Write(json, look, search, query.Long("id", 0), dump)),
            "api/flame" or "api/profile" or "api/speedscope" => ProfileView.Answer(request.Path[4..], runtime, query["kind"] ?? "goroutine", _options),
            "api/dump" => new DiagnosticsResponse(200, "text/plain; charset=utf-8", (body, token) => GoDump.WriteTextOfAsync(look, body, search, dump, token)),
            _ => new DiagnosticsResponse(200, JsonType, (body, token) => GoDump.WriteJsonOfAsync(look, body, search, dump, token)),
        };
    }

    private async ValueTask<DiagnosticsResponse> ActAsync(DiagnosticsRequest request, CancellationToken cancellationToken)
    {
        if (request.Path != "api/leaks")
        {
            return DiagnosticsResponse.Text(404, "There is no such page.");
        }

        if (!request.MayAct)
        {
            return DiagnosticsResponse.Text(403, "This page may only be read here.");
        }

        lock (_searchLock)
        {
            if (_searchesLeaks)
            {
                return DiagnosticsResponse.Text(429, "A search for leaks is under way.").With("Retry-After", "1");
            }

            _searchesLeaks = true;
        }

        try
        {
            LeakReport report = await GoLeaks.FindAsync(runtime, cancellationToken: cancellationToken).ConfigureAwait(false);
            return Answer(json =>
            {
                json.WriteStartObject();
                json.WriteString("time"u8, report.Time);
                json.WriteNumber("collected"u8, report.Collected);
                OverviewView.WriteFindings(json, report.Findings);
                json.WriteEndObject();
            });
        }
        finally
        {
            lock (_searchLock)
            {
                _searchesLeaks = false;
            }
        }
    }

    /// <summary>Makes a JSON answer of bounded size. It is written to memory first, so that a failure comes before anything is
    /// sent.</summary>
    private static DiagnosticsResponse Answer(Action<Utf8JsonWriter> write)
    {
        MemoryStream made = new();
        using (Utf8JsonWriter json = new(made, Json.WriterOptions))
        {
            write(json);
        }

        ReadOnlyMemory<byte> body = made.GetBuffer().AsMemory(0, (int)made.Length);
        return new DiagnosticsResponse(200, JsonType, (stream, token) => stream.WriteAsync(body, token));
    }
}
