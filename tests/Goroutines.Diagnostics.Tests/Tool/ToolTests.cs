using System.Globalization;
using System.Text.Json;
using Goroutines.Tool;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>The tool, on this very process.</summary>
public sealed partial class ToolTests : IAsyncLifetime
{
    private static readonly string s_self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private readonly string _folder = Directory.CreateTempSubdirectory("goroutines").FullName;
    private readonly GoRuntime _runtime = new(new GoRuntimeOptions { MaxProcs = 2, Name = "shown" });
    private readonly Chan<int> _never = new();
    private DiagnosticsServer? _server;

    public ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("GOROUTINES_SOCKET_DIR", _folder);
        _server = DiagnosticsSocket.Start(_runtime);
        for (int i = 0; i < 3; i++)
        {
            _runtime.Spawn(WaitForEver);
        }

        Assert.True(SpinWait.SpinUntil(() => _runtime.Snapshot().Count(static info => info.WaitReason == "chan receive") == 3, TimeSpan.FromSeconds(20)), "They do not wait.");
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _never.Close();
        await _server!.DisposeAsync();
        await _runtime.DisposeAsync();
        Environment.SetEnvironmentVariable("GOROUTINES_SOCKET_DIR", null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task List_ProcessThatListens_IsThere()
    {
        (int code, string output, _) = await Run("list");

        Assert.Equal(0, code);
        Assert.Matches($@"{s_self}\s.*shown\s+3 goroutines", output);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(DiagnosticsSocket.PathOf(Environment.ProcessId)));
    }

    [Fact]
    public async Task Dump_TextAndJson_HaveTheGoroutines()
    {
        (int code, string text, _) = await Run("dump", s_self);
        Assert.Equal(0, code);
        Assert.Contains("ToolTests.WaitForEver(...)", text);

        (code, string json, _) = await Run("dump", s_self, "--json", "--query", "reason:chan");
        Assert.Equal(0, code);
        Assert.Equal(3, JsonDocument.Parse(json).RootElement.GetProperty("goroutines").GetArrayLength());
    }

    [Fact]
    public async Task Leaks_Process_IsSearched()
    {
        (int code, string output, _) = await Run("leaks", s_self);
        Assert.Equal(0, code);
        Assert.Contains("findings", output);
    }

    [Fact]
    public async Task Profile_Goroutine_IsOneThatPprofReads()
    {
        string file = Path.Combine(_folder, "goroutine.pb.gz");
        (int code, string output, _) = await Run("profile", s_self, "goroutine", "-o", file);
        Assert.Equal(0, code);
        Assert.Contains(file, output);
        using System.IO.Compression.GZipStream gzip = new(File.OpenRead(file), System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal(3, Assert.Single(Pprof.Profile.Parser.ParseFrom(gzip).Sample).Value[0]);

        (code, string flame, _) = await Run("profile", s_self, "goroutine", "-f", "flame");
        Assert.Equal(0, code);
        Assert.Equal(3, JsonDocument.Parse(flame).RootElement.GetProperty("value").GetInt64());
    }

    [Fact]
    public async Task Profile_BlockThatIsOff_SaysSoUnlessItIsTimed()
    {
        (int code, _, string error) = await Run("profile", s_self, "block", "-f", "flame");
        Assert.Equal(1, code);
        Assert.Contains("GoProfiling.Start", error);

        (code, string output, _) = await Run("profile", s_self, "block", "-f", "flame", "--seconds", "1");
        Assert.Equal(0, code);
        Assert.Equal("block", JsonDocument.Parse(output).RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Trace_OneSecond_HasTheTurns()
    {
        using CancellationTokenSource stop = new();
        _runtime.Spawn(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(5));
            }
        });
        string file = Path.Combine(_folder, "trace.perfetto-trace");
        (int code, _, _) = await Run("trace", s_self, "--seconds", "1", "-o", file);
        await stop.CancelAsync();

        Assert.Equal(0, code);
        PerfettoTrace trace = new(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        trace.CheckFlows();
        Assert.Contains(trace.Slices, static slice => slice.Name.Contains("Trace_OneSecond", StringComparison.Ordinal) && slice.Notes["ends"] == "sleep");
        Assert.Null(_runtime.Scheduler.AllPs[0].Trace);
    }

    [Fact]
    public async Task TraceFlight_Recorder_IsReadAndATimelineIsThere()
    {
        (int code, _, string error) = await Run("trace", s_self, "--flight", "-f", "text");
        Assert.Equal(1, code);
        Assert.Contains("No flight recorder is running", error);

        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = _runtime });
        recorder.Start();
        _runtime.Main(static async () =>
        {
            for (int i = 0; i < 5000; i++)
            {
                await Go.Yield();
            }
        });
        (code, string summary, _) = await Run("trace", s_self, "--flight", "-f", "text");
        Assert.Equal(0, code);
        Assert.Contains("ToolTests.TraceFlight_Recorder_IsReadAndATimelineIsThere", summary);

        using Target target = Target.Of(Environment.ProcessId);
        JsonElement timeline = await target.GetJsonAsync("api/timeline?ms=60000", TestContext.Current.CancellationToken);
        JsonElement[] turns = [.. timeline.GetProperty("procs").EnumerateArray().SelectMany(static proc => proc.GetProperty("turns").EnumerateArray())];
        Assert.InRange(turns.Length, 1, 2 * 2000);
        Assert.All(turns, turn => Assert.InRange(turn[1].GetInt64(), turn[0].GetInt64(), timeline.GetProperty("duration").GetInt64()));
        Assert.Contains(timeline.GetProperty("sites").EnumerateArray(), static site => site.GetProperty("name").GetString()!.Contains("TraceFlight", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, "dump", "1")]
    [InlineData(2, "dump")]
    [InlineData(2, "trace", "1", "--seconds", "0")]
    [InlineData(2, "profile", "1", "heap")]
    public async Task WrongArguments_AreToldOnStandardError(int expected, params string[] arguments)
    {
        (int code, _, string error) = await Run(arguments);
        Assert.Equal(expected, code);
        Assert.StartsWith("goroutines: ", error);
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await CommandLine.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private async ValueTask WaitForEver() => await _never.ReceiveAsync();
}
