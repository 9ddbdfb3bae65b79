using System.Text.Json;
using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>The timeline and the histograms, as the page asks for them.</summary>
public sealed class TimelineTests
{
    [Fact]
    public Task Timeline_PartOfAStretch_HasEachTurnByItself() => Isolated.RunAsync(async runtime =>
    {
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        await runtime.Run(static async () =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                await Go.Yield();
            }
        }).JoinAsync();
        DiagnosticsPage page = new(runtime);

        JsonElement all = await GetAsync(page, "api/timeline", "ms=60000");
        JsonElement[] turns = Turns(all);
        Assert.InRange(turns.Length, 1, 2 * 2000);
        JsonElement merged = Assert.Single(turns.Where(static turn => turn[5].GetInt32() == 2).OrderByDescending(static turn => turn[3].GetInt64()).Take(1));
        Assert.InRange(merged[3].GetInt64(), 2, 20_001);
        Assert.InRange(merged[6].GetInt64(), 0, merged[1].GetInt64() - merged[0].GetInt64());

        // Closer: a stretch of the same recording, with the goroutine standing out.
        long id = all.GetProperty("id").GetInt64();
        long from = merged[0].GetInt64();
        long to = Math.Min(merged[1].GetInt64(), from + 20_000);
        JsonElement part = await GetAsync(page, "api/timeline", $"id={id}&from={from}&to={to}&goroutine=1");
        Assert.Equal(from, part.GetProperty("from").GetInt64());
        Assert.Equal(all.GetProperty("duration").GetInt64(), part.GetProperty("duration").GetInt64());
        JsonElement[] single = Turns(part);
        Assert.NotEmpty(single);
        Assert.All(single, static turn => Assert.Equal(0, turn[5].GetInt32()));
        Assert.Contains(single, static turn => turn[4].GetString() == "yield");
        Assert.Equal(single.Count(static turn => turn[3].GetInt64() == 1), part.GetProperty("focus").GetArrayLength());
    });

    [Fact]
    public Task Timeline_TasksRegionsAndMessages_AreInIt() => Isolated.RunAsync(async runtime =>
    {
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        await runtime.Run(static async () =>
        {
            using TraceTask task = GoTrace.NewTask("request");
            using (GoTrace.Region("query"))
            {
                GoTrace.Log("sql", "select");
                await Go.Yield();
            }
        }).JoinAsync();
        DiagnosticsPage page = new(runtime);

        JsonElement timeline = await GetAsync(page, "api/timeline", "ms=60000");
        string[] names = [.. timeline.GetProperty("names").EnumerateArray().Select(static name => name.GetString()!)];
        JsonElement task = Assert.Single(timeline.GetProperty("tasks").EnumerateArray());
        JsonElement region = Assert.Single(timeline.GetProperty("regions").EnumerateArray());
        JsonElement log = Assert.Single(timeline.GetProperty("logs").EnumerateArray());
        Assert.Equal("request", names[task[2].GetInt32()]);
        Assert.Equal("query", names[region[2].GetInt32()]);
        Assert.Equal("select", log[2].GetString());
        Assert.Equal(task[3].GetInt64(), region[4].GetInt64());
        Assert.Equal(task[3].GetInt64(), log[4].GetInt64());

        JsonElement latency = await GetAsync(page, "api/latency", $"id={timeline.GetProperty("id").GetInt64()}");
        JsonElement site = Assert.Single(latency.GetProperty("sites").EnumerateArray());
        JsonElement run = site.GetProperty("run");
        Assert.Equal(2, run.GetProperty("count").GetInt64());
        Assert.Equal(2, run.GetProperty("buckets").EnumerateArray().Sum(static bucket => bucket[1].GetInt64()));
        Assert.Equal("request", Assert.Single(latency.GetProperty("tasks").EnumerateArray()).GetProperty("name").GetString());
    });

    [Fact]
    public Task Timeline_StretchThatIsNotKept_IsGone() => Isolated.RunAsync(async runtime =>
    {
        DiagnosticsPage page = new(runtime);
        Assert.Equal(409, (await page.HandleAsync(new DiagnosticsRequest("GET", "api/timeline", "ms=100", MayAct: false), default)).Status);
        Assert.Equal(409, (await page.HandleAsync(new DiagnosticsRequest("GET", "api/latency", "", MayAct: false), default)).Status);
        Assert.Equal(410, (await page.HandleAsync(new DiagnosticsRequest("GET", "api/timeline", "id=7", MayAct: false), default)).Status);
        Assert.Equal(410, (await page.HandleAsync(new DiagnosticsRequest("GET", "api/latency", "id=7", MayAct: false), default)).Status);
        Assert.Equal(403, (await page.HandleAsync(new DiagnosticsRequest("POST", "api/timeline", "seconds=1", MayAct: false), default)).Status);
    });

    [Fact]
    public Task Latency_WaitsByReason_AreThoseOfTheProgram() => Isolated.RunAsync(async runtime =>
    {
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        await runtime.Run(static async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(5));
            }
        }).JoinAsync();

        TraceSiteSummary site = Assert.Single(recorder.Snapshot().Summarize().Sites);
        TraceHistogram sleeps = site.WaitTimes["sleep"];
        Assert.InRange(sleeps.Count, 1, 5); // one whose time has come when it parks is no wait
        Assert.InRange(sleeps.Quantile(0.5), TimeSpan.FromTicks(1), sleeps.Longest);
        Assert.Equal(site.Waiting["sleep"], sleeps.Total);
        Assert.Equal(site.Turns, site.RunTimes.Buckets.Sum(static bucket => bucket.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => sleeps.Quantile(1.1));
    });

    [Fact]
    public void TimelineCache_NextStretch_TakesThePlaceOfTheOneBefore()
    {
        Tracing.TimelineCache cache = new();
        Tracing.TraceModel first = Empty();
        Tracing.TraceModel second = Empty();
        long one = cache.Keep(first);
        Assert.Same(first, cache.Find(one));
        long two = cache.Keep(second);
        Assert.Null(cache.Find(one));
        Assert.Same(second, cache.Find(two));

        static Tracing.TraceModel Empty() => new Tracing.TraceModelBuilder(new TraceTexts(), 0, 1).Build();
    }

    private static JsonElement[] Turns(JsonElement timeline)
        => [.. timeline.GetProperty("procs").EnumerateArray().SelectMany(static proc => proc.GetProperty("turns").EnumerateArray())];

    private static async Task<JsonElement> GetAsync(DiagnosticsPage page, string path, string query)
    {
        DiagnosticsResponse response = await page.HandleAsync(new DiagnosticsRequest("GET", path, query, MayAct: false), default);
        Assert.Equal(200, response.Status);
        using MemoryStream body = new();
        await response.WriteAsync(body, default);
        return JsonDocument.Parse(body.ToArray()).RootElement;
    }
}
