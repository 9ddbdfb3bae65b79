using System.Text.RegularExpressions;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>
/// Whole programs, each a process: those that something outside wakes go on, and those that nothing can wake end with a report.
/// </summary>
public class DeadlockProgramTests
{
    [Theory]
    [InlineData("own-async-method")]
    [InlineData("async-method-of-a-goroutine")]
    [InlineData("task-run-with-delay")]
    [InlineData("busy-task")]
    [InlineData("thread")]
    [InlineData("framework-timer")]
    [InlineData("process-exited", true)]
    [InlineData("cancel-key-press", true)]
    [InlineData("posix-signal", true)]
    [InlineData("signal-cancels-context", true)]
    [InlineData("waitgroup-done-by-task")]
    [InlineData("mutex-held-by-task")]
    [InlineData("working-task")]
    [InlineData("working-thread")]
    [InlineData("other-runtime")]
    [InlineData("callback-of-a-server")]
    [InlineData("file-watcher", true)]
    [InlineData("token-of-a-source")]
    [InlineData("registration-of-a-token")]
    [InlineData("completion-source")]
    [InlineData("static-channel")]
    [InlineData("finalizer")]
    [InlineData("synchronous-main")]
    [InlineData("blocked-in-an-async-body")]
    [InlineData("select-forever-beside-a-ticking-goroutine")]
    [InlineData("expected-from-outside")]
    public async Task SomethingOutsideWakesMain_ProgramGoesOn(string name, bool unix = false)
    {
        Assert.SkipWhen(unix && OperatingSystem.IsWindows(), "needs a shell and signals");
        Assert.SkipWhen(name == "cancel-key-press" && IsInterruptIgnored(), "SIGINT is ignored here, as in a background job of a shell, and so in the program");
        (int code, string output, string error) = await ChildProgram.RunAsync(name);
        Assert.True(code == 0 && output.Trim() == "ok", $"exit code {code}: {output}{error}");
    }

    [Theory]
    [InlineData("local-channel", "chan receive")]
    [InlineData("nested-methods", "chan receive")]
    [InlineData("when-all-of-joins", "join|task")]
    [InlineData("async-iterator", "chan receive")]
    [InlineData("as-task", "chan receive|task")]
    [InlineData("after-a-timer-and-a-task", "chan receive")]
    [InlineData("unreachable-token", "chan receive")]
    [InlineData("task-that-forgets", "chan receive")]
    public async Task NothingLeadsToAGoroutine_IsReported(string name, string reason)
    {
        (int code, string output, string error) = await ChildProgram.RunAsync(name);
        AssertReported(code, output, error, reason);
    }

    /// <summary>A static, the caller of Main or a parked synchronous body's stack leads there; but nobody is left who could act.</summary>
    [Theory]
    [InlineData("captured-channel", "chan receive")]
    [InlineData("static-channel-nobody-uses", "chan receive")]
    [InlineData("synchronous-body", "chan receive")]
    [InlineData("synchronous-in-async-body", "syscall")]
    [InlineData("synchronous-workers", "sync.WaitGroup.Wait")]
    [InlineData("synchronous-mutex", "sync.Mutex.Lock")]
    [InlineData("synchronous-waitgroup", "sync.WaitGroup.Wait")]
    [InlineData("synchronous-errgroup", "sync.WaitGroup.Wait")]
    [InlineData("synchronous-once", "sync.Once.Do")]
    [InlineData("synchronous-singleflight", "singleflight.Group.Do")]
    [InlineData("all-threads-taken", "chan receive")]
    [InlineData("two-runtimes", "chan receive")]
    public async Task NobodyIsLeftWhoCouldAct_IsReported(string name, string reason)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the system does not tell of a process's threads");
        (int code, string output, string error) = await ChildProgram.RunAsync(name);
        AssertReported(code, output, error, reason);
        if (name == "all-threads-taken")
        {
            Assert.Contains("waiting for a thread", output, StringComparison.Ordinal);
        }
    }

    /// <summary>The proof must not hang on how the compiler has treated the frames that a thread sleeps in.</summary>
    [Theory]
    [InlineData("DOTNET_TieredCompilation", "0")]
    [InlineData("DOTNET_TC_QuickJitForLoops", "0")]
    [InlineData("DOTNET_ReadyToRun", "0")]
    [InlineData("DOTNET_gcServer", "1")]
    [InlineData("DOTNET_gcConcurrent", "0")]
    [InlineData("DOTNET_GCgen0size", "40000")]
    public async Task RuntimesSettings_ChangeNothing(string variable, string value)
    {
        (int code, string output, string error) = await ChildProgram.RunAsync("nested-methods", (variable, value));
        AssertReported(code, output, error, "chan receive");
        (code, output, error) = await ChildProgram.RunAsync("own-async-method", (variable, value));
        Assert.True(code == 0, $"exit code {code}: {output}{error}");
    }

    /// <summary>A profiler or a debugger makes the framework wrap continuations and hold tasks: reports must not suffer.</summary>
    [Theory]
    [InlineData("all")]
    [InlineData("0x80")]
    [InlineData("debugger")]
    public async Task TracedTasks_DeadlockIsFoundWithItsFrames(string traced)
    {
        (int code, string output, string error) = await ChildProgram.RunAsync("nested-methods", ("GOROUTINES_TEST_TRACED", traced));
        AssertReported(code, output, error, "chan receive");
        Assert.Matches(@"\.InnerAsync\(\.\.\.\)\r?\n.*\.OuterAsync\(\.\.\.\)\r?\n.*lambda\(\.\.\.\)\r?\n", output);
        Assert.Equal("", error);
        (code, output, error) = await ChildProgram.RunAsync("when-all-of-joins", ("GOROUTINES_TEST_TRACED", traced));
        AssertReported(code, output, error, "join|task");
        (code, output, error) = await ChildProgram.RunAsync("own-async-method", ("GOROUTINES_TEST_TRACED", traced));
        Assert.True(code == 0 && error.Length == 0, $"exit code {code}: {output}{error}");
    }

    [Fact]
    public async Task CulpritsThatWereCollectedBefore_AreInTheDump()
    {
        (int code, string output, string error) = await ChildProgram.RunAsync("culprits-collected");
        AssertReported(code, output, error, "sync.WaitGroup.Wait");
        Assert.Equal(5, Regex.Count(output, @"^goroutine \d+ \[chan receive\]:\r?\n.*\.CulpritAsync\(", RegexOptions.Multiline));
    }

    [Fact]
    public async Task QuietAndNotProved_IsSaidOnceAndNoMore()
    {
        (int code, string output, string error) = await ChildProgram.RunAsync("long-asleep-but-held");
        Assert.True(code == 0 && output.Trim() == "ok", $"exit code {code}: {output}{error}");
        Assert.Matches(@"\Agoroutines: all goroutines have been asleep for \d+ s, and something outside could wake them [^\n]*GOROUTINES_DETECT_DEADLOCKS=0[^\n]*\n\z", error);
    }

    [Theory]
    [InlineData("exits-while-asleep", null, 2)]
    [InlineData("exits-while-asleep", "0", 3)]
    [InlineData("exits-while-asleep", "False", 3)]
    [InlineData("exits-while-asleep", "1", 2)]
    [InlineData("exits-while-asleep-switched-off", null, 3)]
    [InlineData("exits-while-asleep-switched-off", "true", 2)]
    [InlineData("exits-after-the-waker-was-disposed", null, 2)]
    public async Task Switch_EnvironmentVariableBeforeAppContext(string name, string? variable, int expected)
    {
        (int code, string output, string error) = await ChildProgram.RunAsync(name, variable is null ? [] : [("GOROUTINES_DETECT_DEADLOCKS", variable)]);
        Assert.True(code == expected, $"exit code {code}: {output}{error}");
    }

    [Fact]
    public async Task Switch_NeitherOnNorOff_IsSaid()
    {
        (int code, _, string error) = await ChildProgram.RunAsync("exits-while-asleep", ("GOROUTINES_DETECT_DEADLOCKS", "maybe"));
        Assert.Equal(2, code);
        Assert.Contains("ignoring GOROUTINES_DETECT_DEADLOCKS=maybe", error, StringComparison.Ordinal);
    }

    /// <summary>A process that was started with SIGINT ignored ignores it, and so do its children.</summary>
    private static bool IsInterruptIgnored()
    {
        const string Ignored = "SigIgn:";
        return File.Exists("/proc/self/status")
            && File.ReadLines("/proc/self/status").FirstOrDefault(static line => line.StartsWith(Ignored, StringComparison.Ordinal)) is { } line
            && (Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) & (1UL << 1)) != 0; // signal 2
    }

    private static void AssertReported(int code, string output, string error, string reason)
    {
        Assert.True(code == 2, $"exit code {code}: {output}{error}");
        Assert.StartsWith("all goroutines are asleep - deadlock!", output, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^goroutine \d+ \[(?:{string.Join('|', reason.Split('|').Select(Regex.Escape))})[\],]", output);
        Assert.Contains("Go.ExpectExternal()", output, StringComparison.Ordinal);
    }
}
