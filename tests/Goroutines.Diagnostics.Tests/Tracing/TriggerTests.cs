using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

public sealed class TriggerTests
{
    [Fact]
    public async Task WhenTurnExceeds_SlowTurn_RecordsIt()
    {
        using TemporaryFolder folder = new();
        BlockingCollection<FlightRecord> records = [];
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime, WhenTurnExceeds = TimeSpan.FromMilliseconds(30), Directory = folder.Path, Recorded = records.Add });
        recorder.Start();
        runtime.Main(static () =>
        {
            SpinFor(60);
            return default(ValueTask);
        });

        FlightRecord record = Take(records);
        Assert.Equal(FlightTrigger.SlowTurn, record.Trigger);
        Assert.Contains("TriggerTests.WhenTurnExceeds_SlowTurn_RecordsIt", record.Detail);
        _ = new PerfettoTrace(await File.ReadAllBytesAsync(record.Path!, TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(record.Path!));
        }
    }

    [Fact]
    public async Task WhenTurnExceeds_ShortTurnsAndABlockingRegion_RecordsNothing()
    {
        BlockingCollection<FlightRecord> records = [];
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime, WhenTurnExceeds = TimeSpan.FromSeconds(1), Recorded = records.Add });
        recorder.Start();
        runtime.Main(static () =>
        {
            using (Go.EnterBlocking())
            {
                SpinFor(1100);
            }
        });
        recorder.Stop();

        Assert.Empty(records);
        Assert.Equal(0, recorder.DroppedTriggers);
    }

    [Fact]
    public async Task WhenRunnableFor_QueueBehindALongTurn_RecordsIt()
    {
        BlockingCollection<FlightRecord> records = [];
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime, WhenRunnableFor = TimeSpan.FromMilliseconds(4), Recorded = records.Add });
        recorder.Start();
        Task main = Task.Factory.StartNew(() => runtime.Main(() =>
        {
            Go.Spawn(static () => default(ValueTask));
            while (records.Count == 0)
            {
                Go.Spawn(static () => default(ValueTask));
                SpinFor(9);
            }

            return default(ValueTask);
        }), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await main;
        Assert.Equal(FlightTrigger.RunnableForLong, Take(records).Trigger);
    }

    [Fact]
    public async Task OnPanic_Panic_RecordsIt()
    {
        BlockingCollection<FlightRecord> records = [];
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2, PanicHandler = static _ => { } });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime, OnPanic = true, MinInterval = TimeSpan.FromHours(1), Recorded = records.Add });
        recorder.Start();
        runtime.Spawn(new Func<ValueTask>(static () => throw new InvalidOperationException("a panic on purpose")));

        FlightRecord record = Take(records);
        Assert.Equal(FlightTrigger.Panic, record.Trigger);
        Assert.Contains("InvalidOperationException", record.Detail);
        Assert.DoesNotContain("on purpose", record.Detail);
        runtime.Spawn(new Func<ValueTask>(static () => throw new InvalidOperationException("a second one")));
        Assert.True(SpinWait.SpinUntil(() => recorder.DroppedTriggers == 1, TimeSpan.FromSeconds(20)), "The second trigger was not dropped.");
    }

    [Fact]
    public async Task OnDeadlockSuspected_MainThatWaitsForEver_Records()
    {
        BlockingCollection<FlightRecord> records = [];
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2 });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime, OnDeadlockSuspected = true, Recorded = records.Add });
        recorder.Start();

        Assert.Throws<DeadlockException>(() => runtime.Main(static async () => await new Chan<int>().ReceiveAsync()));

        Assert.Equal(FlightTrigger.DeadlockSuspected, Take(records).Trigger);
    }

    [Fact]
    public async Task Directory_MoreFilesThanMaxFiles_KeepsTheNewest()
    {
        using TemporaryFolder folder = new();
        BlockingCollection<FlightRecord> records = [];
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2, PanicHandler = static _ => { } });
        using FlightRecorder recorder = new(new FlightRecorderOptions
        {
            Runtime = runtime,
            OnPanic = true,
            MinInterval = TimeSpan.Zero,
            MaxFiles = 2,
            Directory = folder.Path,
            Recorded = records.Add,
        });
        recorder.Start();
        string[] paths = new string[4];
        for (int i = 0; i < paths.Length; i++)
        {
            runtime.Spawn(new Func<ValueTask>(static () => throw new InvalidOperationException()));
            paths[i] = Take(records).Path!;
        }

        Assert.Equal(paths[2..].Order(), Directory.GetFiles(folder.Path).Order());
    }

    [Fact]
    public async Task EventSource_Listener_HearsOfPanicsAndCanRecord()
    {
        BlockingCollection<FlightRecord> records = [];
        using Listener listener = new();
        await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 2, Name = "heard", PanicHandler = static _ => { } });
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = runtime, Recorded = records.Add });
        recorder.Start();
        runtime.Spawn(new Func<ValueTask>(static () => throw new InvalidOperationException("secret")));

        Assert.True(SpinWait.SpinUntil(() => listener.Events.Any(static e => e.StartsWith("Panic heard ", StringComparison.Ordinal)), TimeSpan.FromSeconds(20)), "No panic was heard of.");
        Assert.Contains("TraceStarted heard", listener.Events);
        Assert.DoesNotContain(listener.Events, static e => e.Contains("secret", StringComparison.Ordinal));
        listener.AskForRecord();
        Assert.Equal(FlightTrigger.Command, Take(records).Trigger);
    }

    private static FlightRecord Take(BlockingCollection<FlightRecord> records)
    {
        Assert.True(records.TryTake(out FlightRecord? record, TimeSpan.FromSeconds(30)), "Nothing was recorded within 30 seconds.");
        return record;
    }

    /// <summary>Keeps the thread busy: a turn that lasts is what is looked for.</summary>
    private static void SpinFor(int milliseconds)
    {
        long end = Environment.TickCount64 + milliseconds;
        while (Environment.TickCount64 < end)
        {
            Thread.SpinWait(100);
        }
    }

    private sealed class Listener : EventListener
    {
        private EventSource? _source;

        internal ConcurrentQueue<string> Events { get; } = [];

        internal void AskForRecord() => EnableEvents(_source!, EventLevel.Informational, EventKeywords.All, new Dictionary<string, string?> { ["FlightRecord"] = "" });

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Goroutines")
            {
                _source = eventSource;
                EnableEvents(eventSource, EventLevel.Informational);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
            => Events?.Enqueue(string.Join(' ', [eventData.EventName, .. eventData.Payload!]));
    }

    private sealed class TemporaryFolder : IDisposable
    {
        internal string Path { get; } = Directory.CreateTempSubdirectory("goroutines").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
