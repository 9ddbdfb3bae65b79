using System.Diagnostics;
using System.Text;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

public sealed partial class ToolTests
{
    [Fact]
    public async Task Top_Once_ShowsTheGroups()
    {
        (int code, string output, _) = await Run("top", s_self, "--once");
        Assert.Equal(0, code);
        Assert.Contains("chan receive", output);
        Assert.Contains("3 goroutines", output);
    }

    [Fact]
    public async Task Top_OutputThatIsNoTerminal_IsWrittenOnceWithoutControls()
    {
        (int code, string output, _) = await Run("top", s_self, "--sort", "oldest", "--query", "reason:chan");
        Assert.Equal(0, code);
        Assert.Contains("ToolTests.WaitForEver", output);
        Assert.DoesNotContain('\u001b', output);
    }

    /// <summary>In a terminal it has the screen, draws again, and gives the screen back when q is pressed.</summary>
    [Fact]
    public async Task Top_Terminal_HasTheScreenUntilQ()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "There is no script(1) to make a terminal.");
        string tool = Path.Combine(AppContext.BaseDirectory, "Goroutines.Tool.dll");
        ProcessStartInfo start = new("/usr/bin/script", ["-qefc", $"stty cols 140 rows 20; exec dotnet '{tool}' top {s_self} -n 0.5", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm-256color";
        using Process terminal = Process.Start(start)!;
        StringBuilder seen = new();
        using CancellationTokenSource limit = new(Limits.Wait);
        char[] buffer = new char[4096];
        while (Count(seen.ToString(), "\u001b[H") < 3 && await terminal.StandardOutput.ReadAsync(buffer, limit.Token) is var read and > 0)
        {
            seen.Append(buffer, 0, read);
        }

        await terminal.StandardInput.WriteAsync('q');
        await terminal.StandardInput.FlushAsync(limit.Token);
        seen.Append(await terminal.StandardOutput.ReadToEndAsync(limit.Token));
        await terminal.WaitForExitAsync(limit.Token);

        string screen = seen.ToString();
        Assert.Equal(0, terminal.ExitCode);
        Assert.Contains("\u001b[?1049h", screen);
        Assert.EndsWith("\u001b[?1049l", screen.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("chan receive", screen);
        Assert.Contains("turns/s", screen);
        string[] frames = screen.Split("\u001b[H")[1..];
        Assert.All(frames, static frame => Assert.InRange(frame.Split('\n').Length, 2, 20));
    }

    [Fact]
    public async Task Latency_FlightRecorder_IsATableAndJson()
    {
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = _runtime });
        recorder.Start();
        _runtime.Main(static async () =>
        {
            using TraceTask task = GoTrace.NewTask("nap");
            for (int i = 0; i < 5; i++)
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(5)); // one whose time has come when it parks is no wait
            }
        });

        (int code, string output, _) = await Run("latency", s_self, "--flight");
        Assert.Equal(0, code);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
        Assert.Matches(@"task nap\r?\n  takes +1 ×", output);
        Assert.Matches(@"  sleep +[1-5] ×  p50 .*s  p99 .*s  longest .*s +[▁▂▃▄▅▆▇█]", output);
        (code, output, _) = await Run("latency", s_self, "--flight", "--json");
        Assert.Equal(0, code);
        Assert.Equal("nap", System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("tasks")[0].GetProperty("name").GetString());
    }

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + 1, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }
}
