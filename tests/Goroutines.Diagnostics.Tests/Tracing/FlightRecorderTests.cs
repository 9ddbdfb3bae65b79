using Xunit;

namespace Goroutines.Diagnostics.Tests;

public sealed class FlightRecorderTests
{
    [Fact]
    public async Task WriteTo_PingPong_TurnsNestAndEachWakeIsOneFlow()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        runtime.Main(PingPong);

        PerfettoTrace trace = await WriteAtEnd(runtime, recorder);

        trace.CheckFlows();
        Assert.Contains("P 0", trace.Tracks);
        Assert.Contains("P 1", trace.Tracks);
        PerfettoTrace.Slice[] turns = [.. trace.Slices.Where(static slice => slice.Category == "goroutine")];
        Assert.All(turns, static turn => Assert.Equal(0, turn.Depth));
        Assert.All(turns, static turn => Assert.Contains("FlightRecorderTests.PingPong", turn.Name));
        PerfettoTrace.Slice[] player = [.. turns.Where(static turn => turn.Notes.GetValueOrDefault("created by", "").EndsWith("FlightRecorderTests.cs:" + PlayerLine, StringComparison.Ordinal))];
        Assert.True(player.Length > 20, $"{player.Length} turns");
        Assert.Contains(player, static turn => turn.Notes["ends"].StartsWith("chan ", StringComparison.Ordinal));
        Assert.Contains(player, static turn => turn.Notes["ends"] == "end");
        foreach (PerfettoTrace.Slice turn in player)
        {
            if (turn.EndingFlows.Length == 0)
            {
                // What it waited for came at the moment when it parked: it goes on at once, where it is.
                PerfettoTrace.Slice before = turns.Last(other => other.Track == turn.Track && other.End <= turn.Begin && !ReferenceEquals(other, turn));
                Assert.Equal(turn.Notes["goroutine"], before.Notes["goroutine"]);
                continue;
            }

            Assert.Single(turn.EndingFlows);
            Assert.StartsWith("goroutine ", turn.Notes["woken by"]);
        }
    }

    [Fact]
    public async Task WriteTo_StackfulGoroutineInBlockingRegion_RegionDividesItsTurn()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        runtime.Main(static async () =>
        {
            Chan<int> done = new();
            Go.Spawn(() =>
            {
                using (Go.EnterBlocking())
                {
                    Thread.SpinWait(1000);
                }

                Go.Yield();
                done.Send(1);
            });
            Assert.Equal(1, (await done.ReceiveAsync()).Value);
        });

        PerfettoTrace trace = await WriteAtEnd(runtime, recorder);

        trace.CheckFlows();
        PerfettoTrace.Slice region = Assert.Single(trace.Slices, static slice => slice.Category == "blocking");
        PerfettoTrace.Slice[] parts = [.. trace.Slices.Where(slice => slice.Category == "goroutine" && slice.Notes["goroutine"] == region.Notes["goroutine"]).OrderBy(static slice => slice.Begin)];
        Assert.Equal("syscall", parts[0].Notes["ends"]);
        Assert.True(parts[0].End <= region.Begin && region.End <= parts[1].Begin);
        Assert.Equal("yield", parts[1].Notes["ends"]);
        Assert.Equal("end", parts[^1].Notes["ends"]);
    }

    [Fact]
    public async Task WriteTo_SmallBuffer_KeepsTheEndWithoutAGap()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime, MaxBytes = FlightRecorderOptions.LeastBytes });
        recorder.Start();
        runtime.Main(static async () =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                await Go.Yield();
            }
        });

        await runtime.DisposeAsync();
        TraceRecording recording = recorder.Snapshot();

        Assert.Equal(0, recording.LostEvents);
        Assert.InRange(recording.Events, 3000, 8192);
        PerfettoTrace.Slice[] turns = [.. (await WriteAtEnd(runtime, recorder)).Slices.Where(static slice => slice.Category == "goroutine")];
        Assert.InRange(turns.Length, 1500, 4096);
        Assert.Equal("end", turns[^1].Notes["ends"]);
    }

    [Fact]
    public async Task WriteTo_RegionsAndMessages_AreOnTheGoroutinesTrack()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        runtime.Main(static async () =>
        {
            using (GoTrace.Region("outer"))
            {
                await Go.Yield();
                using (GoTrace.Region("inner"))
                {
                    GoTrace.Log("order", "number 17");
                    await Go.Yield();
                }
            }
        });

        PerfettoTrace trace = await WriteAtEnd(runtime, recorder);

        PerfettoTrace.Slice inner = Assert.Single(trace.Slices, static slice => slice.Name == "inner");
        PerfettoTrace.Slice outer = Assert.Single(trace.Slices, static slice => slice.Name == "outer");
        Assert.Equal(0, outer.Depth);
        Assert.Equal(1, inner.Depth);
        Assert.True(outer.Begin <= inner.Begin && inner.End <= outer.End);
        PerfettoTrace.Event message = Assert.Single(trace.Events, static e => e.Category == "log");
        Assert.Equal("order", message.Name);
        Assert.Equal("number 17", message.Notes["message"]);
        Assert.Equal(inner.Track, message.Track);
    }

    [Fact]
    public async Task Snapshot_NotStarted_Throws()
    {
        await using GoRuntime runtime = new();
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        Assert.Throws<InvalidOperationException>(recorder.Snapshot);
        recorder.Start();
        recorder.Stop();
        Assert.Throws<InvalidOperationException>(recorder.Snapshot);
        Assert.Null(runtime.Scheduler.AllPs[0].Trace);
    }

    [Fact]
    public async Task Trace_TakenBesideARecorder_HasEveryTurn()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        await using TraceSession session = GoTrace.Start(new GoTraceOptions { Runtime = runtime });
        runtime.Main(static async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await Go.Yield();
            }
        });

        await runtime.DisposeAsync();
        TraceRecording recording = await session.StopAsync();

        Assert.Equal(0, recording.LostEvents);
        TraceSiteSummary site = Assert.Single(recording.Summarize().Sites);
        Assert.Equal(1001, site.Turns);
        Assert.Equal(1, site.Goroutines);
        Assert.Contains("FlightRecorderTests", site.Name);
        Assert.Contains("1001", recording.Summarize().ToString());
    }

    [Fact]
    public async Task Summarize_GoroutineThatWaits_TellsForWhat()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        await using TraceSession session = GoTrace.Start(new GoTraceOptions { Runtime = runtime });
        runtime.Main(static async () => await Go.Run(static () => Go.SleepAsync(TimeSpan.FromMilliseconds(20))));

        TraceSummary summary = (await session.StopAsync()).Summarize();

        TraceSiteSummary sleeper = Assert.Single(summary.Sites, static site => site.Waiting.ContainsKey("sleep"));
        Assert.InRange(sleeper.Waiting["sleep"].TotalMilliseconds, 5, 60_000);
    }

    private const string PlayerLine = "197";

    /// <summary>The recording once the workers have ended, so that no turn is under way.</summary>
    private static async ValueTask<PerfettoTrace> WriteAtEnd(GoRuntime runtime, FlightRecorder recorder)
    {
        await runtime.DisposeAsync();
        using MemoryStream file = new();
        recorder.WriteTo(file);
        return new PerfettoTrace(file.ToArray());
    }

    private static async ValueTask PingPong()
    {
        Chan<int> there = new();
        Chan<int> back = new();
        Goroutine player = Go.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await back.SendAsync((await there.ReceiveAsync()).Value);
            }
        });
        for (int i = 0; i < 100; i++)
        {
            await there.SendAsync(i);
            Assert.Equal(i, (await back.ReceiveAsync()).Value);
        }

        await player;
    }
}
