using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>Tasks, and the regions and messages that belong to them, in a recording, a file and a summary.</summary>
public sealed class TraceTaskTests
{
    [Fact]
    public async Task NewTask_ThroughSeveralGoroutines_IsOneSliceWithAllThatBelongsToIt()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        runtime.Main(static async () =>
        {
            using (TraceTask request = GoTrace.NewTask("request"))
            {
                await Go.Run(static async () =>
                {
                    using (GoTrace.Region("query"))
                    {
                        await Go.Yield();
                        GoTrace.Log("sql", "select");
                    }

                    using TraceTask render = GoTrace.NewTask("render");
                    await Go.Yield();
                });
            }

            using (GoTrace.Region("after"))
            {
                await Go.Yield();
            }
        });
        await runtime.DisposeAsync();
        using MemoryStream file = new();
        recorder.WriteTo(file);
        PerfettoTrace trace = new(file.ToArray());

        PerfettoTrace.Slice request = Assert.Single(trace.Slices, static slice => slice is { Category: "task", Name: "request" });
        PerfettoTrace.Slice render = Assert.Single(trace.Slices, static slice => slice is { Category: "task", Name: "render" });
        PerfettoTrace.Slice query = Assert.Single(trace.Slices, static slice => slice.Name == "query");
        string id = request.Notes["task"];
        Assert.Equal(id, render.Notes["in task"]);
        Assert.Equal(id, query.Notes["in task"]);
        Assert.Equal(id, Assert.Single(trace.Events, static e => e.Category == "log").Notes["in task"]);
        Assert.NotEqual(request.Notes["goroutine"], render.Notes["goroutine"]);
        Assert.True(request.Begin <= render.Begin && render.End <= request.End);
        Assert.DoesNotContain("in task", Assert.Single(trace.Slices, static slice => slice.Name == "after").Notes.Keys);
        Assert.Contains("tasks", trace.Tracks);
    }

    [Fact]
    public async Task Summarize_Tasks_AreAddedUpByName()
    {
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime });
        recorder.Start();
        TraceTask? open = null;
        runtime.Main(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                using TraceTask done = GoTrace.NewTask("import");
                await Go.Yield();
                done.Dispose();
            }

            open = GoTrace.NewTask("import");
        });

        TraceTaskSummary import = Assert.Single(recorder.Snapshot().Summarize().Tasks);
        Assert.Equal("import", import.Name);
        Assert.Equal(5, import.Times.Count);
        Assert.Equal(1, import.Unfinished);
        Assert.Contains("import (and 1 that began", recorder.Snapshot().Summarize().ToString());
        open!.Dispose(); // from a thread that is no goroutine
        import = Assert.Single(recorder.Snapshot().Summarize().Tasks);
        Assert.Equal(6, import.Times.Count);
        Assert.Equal(0, import.Unfinished);
        Assert.Equal(import.Times.Count, import.Times.Buckets.Sum(static bucket => bucket.Count));
        Assert.InRange(import.Times.Quantile(0.5), TimeSpan.Zero, import.Times.Longest);
    }

    [Fact]
    public void NewTask_NothingRecords_IsOneThatDoesNothing()
    {
        using TraceTask task = GoTrace.NewTask("nothing");
        Assert.Same(task, GoTrace.NewTask("nothing"));
        Assert.Equal(0, TraceTask.CurrentId);
    }
}
