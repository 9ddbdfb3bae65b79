using System.Text.Json;
using Goroutines.Diagnostics.Tracing;

namespace Goroutines.Diagnostics;

/// <summary>Answers the requests for profiles and traces.</summary>
/// <remarks>
/// <code>
/// GET  profile/NAME                the counts so far; format=pprof (default), speedscope or flame; each=1: a sample per goroutine
/// POST profile/NAME?seconds=N      profiles for N seconds and returns the result
/// GET  flight                      the content of the flight recorder; format=perfetto (default), speedscope, text or latency
/// POST trace?seconds=N             traces for N seconds; format as for flight
/// GET  api/profile/NAME            as profile/NAME, for the page
/// GET  api/timeline?ms=N           the last N milliseconds of the flight recorder, as turns on each P, with an id
/// POST api/timeline?seconds=N      traces for N seconds and returns the result in the same form
/// GET  api/timeline?id=K&amp;from=NS&amp;to=NS&amp;goroutine=ID   a part of the stretch with that id; 410 if it is no longer kept
/// GET  api/latency?id=K            the histograms of that stretch; without id, of the flight recorder
/// </code>
/// Only one trace or timed profile can be under way; another gets 429. A profile or recorder that is off answers 409, so that it is not
/// mistaken for an empty one.
/// </remarks>
internal sealed class TraceEndpoints(GoRuntime runtime, bool showLabels)
{
    private const int LongestSeconds = 60;
    private const int LongestTimeline = 60_000;
    private const string JsonType = "application/json; charset=utf-8";

    private readonly TimelineCache _timelines = new();
    private int _busy;

    /// <summary>Answers one request.</summary>
    /// <returns>The answer; null for a path that is not handled here.</returns>
    /// <exception cref="FormatException">A parameter is invalid.</exception>
    internal async ValueTask<DiagnosticsResponse?> HandleAsync(DiagnosticsRequest request, CancellationToken cancellationToken)
    {
        PageQuery query = PageQuery.Parse(request.Query);
        string path = request.Path.StartsWith("api/profile/", StringComparison.Ordinal) ? request.Path[4..] : request.Path;
        if (path is not ("flight" or "trace" or "api/timeline" or "api/latency") && !path.StartsWith("profile/", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            if (request.Method == "POST")
            {
                return request.MayAct ? await ActAsync(path, query, cancellationToken).ConfigureAwait(false) : DiagnosticsResponse.Text(403, "This page may only be read here.");
            }

            return path switch
            {
                "flight" => FlightRecorder.Of(runtime) is { } recorder ? Send(recorder.Snapshot(), query["format"]) : NoRecorder(),
                "api/timeline" => query["id"] is not null ? Part(query) : FlightRecorder.Of(runtime) is { } recorder ? Timeline(recorder.Snapshot(), Math.Min(query.Number("ms", 1000), LongestTimeline)) : NoRecorder(),
                "api/latency" => query["id"] is not null
                    ? _timelines.Find(query.Long("id", 0)) is { } model ? Latency(Summarizer.Summarize(model)) : Gone()
                    : FlightRecorder.Of(runtime) is { } recorder ? Latency(recorder.Snapshot().Summarize()) : NoRecorder(),
                "trace" => DiagnosticsResponse.Text(405, "A trace is taken by POST.").With("Allow", "POST"),
                _ => Send(Collect(path["profile/".Length..], query), query["format"]),
            };
        }
        catch (ArgumentException exception)
        {
            return DiagnosticsResponse.Text(404, exception.Message);
        }
        catch (InvalidOperationException exception)
        {
            return DiagnosticsResponse.Text(409, exception.Message);
        }
    }

    private static DiagnosticsResponse NoRecorder() => DiagnosticsResponse.Text(409, "No flight recorder is running: start one (new FlightRecorder().Start()).");

    private static DiagnosticsResponse Gone() => DiagnosticsResponse.Text(410, "This stretch of time is no longer kept: take a new one.");

    private async ValueTask<DiagnosticsResponse> ActAsync(string path, PageQuery query, CancellationToken cancellationToken)
    {
        if (path is not ("trace" or "api/timeline") && !path.StartsWith("profile/", StringComparison.Ordinal))
        {
            return DiagnosticsResponse.Text(405, "This is read by GET.").With("Allow", "GET, HEAD");
        }

        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            return DiagnosticsResponse.Text(429, "A trace or profile is under way.").With("Retry-After", "1");
        }

        try
        {
            TimeSpan time = TimeSpan.FromSeconds(Math.Min(query.Number("seconds", 1), LongestSeconds));
            if (path is "trace" or "api/timeline")
            {
                await using TraceSession session = GoTrace.Start(new GoTraceOptions { Runtime = runtime });
                await Go.SleepAsync(time, cancellationToken).ConfigureAwait(false);
                TraceRecording recording = await session.StopAsync().ConfigureAwait(false);
                return path == "trace" ? Send(recording, query["format"]) : Timeline(recording, LongestTimeline);
            }

            string name = path["profile/".Length..];
            using GoProfiling profiling = GoProfiling.Start(new GoProfilingOptions { Runtime = runtime, Leaks = name == "leak" });
            GoProfile before = Collect(name, query);
            await Go.SleepAsync(time, cancellationToken).ConfigureAwait(false);
            GoProfile after = Collect(name, query);
            return Send(name == "goroutine" ? after : after.Since(before), query["format"]);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private GoProfile Collect(string name, PageQuery query)
        => GoProfile.Collect(name, new GoProfileOptions { Runtime = runtime, EachGoroutine = query["each"] is "1" or "true", Labels = showLabels });

    private static DiagnosticsResponse Send(GoProfile profile, string? format) => format switch
    {
        null or "pprof" => File("application/octet-stream", $"{profile.Name}.pb.gz", profile.WritePprof),
        "speedscope" => File(JsonType, $"{profile.Name}.speedscope.json", profile.WriteSpeedscope),
        "flame" => Body(JsonType, profile.WriteFlame),
        _ => throw new FormatException($"There is no format \"{format}\": pprof, speedscope, flame."),
    };

    private static DiagnosticsResponse Send(TraceRecording recording, string? format) => format switch
    {
        null or "perfetto" => File("application/octet-stream", "goroutines.perfetto-trace", recording.WritePerfetto),
        "speedscope" => File(JsonType, "goroutines.speedscope.json", recording.WriteSpeedscope),
        "text" => DiagnosticsResponse.Text(200, recording.Summarize().ToString()),
        "latency" => Latency(recording.Summarize()),
        _ => throw new FormatException($"There is no format \"{format}\": perfetto, speedscope, text, latency."),
    };

    private DiagnosticsResponse Timeline(TraceRecording recording, int milliseconds)
    {
        TraceModel model = recording.Model;
        long length = model.End - model.Begin;
        return Timeline(model, _timelines.Keep(model), Math.Max(0, length - (milliseconds * 1_000_000L)), length, 0);
    }

    private DiagnosticsResponse Part(PageQuery query)
    {
        long id = query.Long("id", 0);
        return _timelines.Find(id) is { } model ? Timeline(model, id, query.Long("from", 0), query.Long("to", long.MaxValue / 2), query.Long("goroutine", 0)) : Gone();
    }

    private static DiagnosticsResponse Timeline(TraceModel model, long id, long from, long to, long goroutine)
        => Body(JsonType, stream =>
        {
            using Utf8JsonWriter json = new(stream);
            TimelineJson.Write(model, id, from, to, goroutine, json);
        });

    private static DiagnosticsResponse Latency(TraceSummary summary)
        => Body(JsonType, stream =>
        {
            using Utf8JsonWriter json = new(stream);
            LatencyJson.Write(summary, json);
        });

    private static DiagnosticsResponse File(string type, string name, Action<Stream> write) => Body(type, write).With("Content-Disposition", $"attachment; filename=\"{name}\"");

    /// <summary>Makes an answer from a synchronous writer. It writes to memory first, since a network stream is only written
    /// asynchronously.</summary>
    private static DiagnosticsResponse Body(string type, Action<Stream> write) => new(200, type, async (stream, token) =>
    {
        using MemoryStream made = new();
        write(made);
        await stream.WriteAsync(made.GetBuffer().AsMemory(0, (int)made.Length), token).ConfigureAwait(false);
    });
}
