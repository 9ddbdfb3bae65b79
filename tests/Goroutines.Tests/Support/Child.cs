using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Goroutines.Tests.Support;

/// <summary>
/// Programs in a process of their own, for what concerns the end of a process, its standard error or its memory: the test is
/// started anew for itself alone, in a child, where its program is all it runs.
/// </summary>
internal static class Child
{
    private const string Variable = "GOROUTINES_TEST_PROGRAM";

    /// <summary>What a child left behind.</summary>
    internal sealed record Result(int ExitCode, string Output, string Errors)
    {
        public override string ToString() => $"exit code {ExitCode}{Environment.NewLine}{Errors}{Environment.NewLine}{Output}";
    }

    /// <summary>Runs <paramref name="program"/> in a child process. Call it as a test's first statement.</summary>
    /// <param name="test">The test.</param>
    /// <param name="program">The program, on a thread of its own as if it were <c>Main</c>; returns the exit code.</param>
    /// <param name="environment">Variables for the child.</param>
    /// <param name="method">The test's method, filled in by the compiler.</param>
    internal static async Task<Result> RunAsync(object test, Func<int> program, (string Name, string Value)[]? environment = null, [CallerMemberName] string method = "")
    {
        string name = $"{test.GetType().FullName}.{method}";
        if (Environment.GetEnvironmentVariable(Variable) == name)
        {
            var main = new Thread(() => Environment.Exit(program()));
            main.Start();
            await Task.Delay(Timeout.Infinite);
        }

        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(Child).Assembly.GetName().Name!))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Variable] = name },
        };
        foreach ((string variable, string value) in environment ?? [])
        {
            start.Environment[variable] = value;
        }

        foreach (string argument in (string[])["-noColor", "-noLogo", "-method", name])
        {
            start.ArgumentList.Add(argument);
        }

        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        Task<string> errors = child.StandardError.ReadToEndAsync();
        try
        {
            await child.WaitForExitAsync().WaitAsync(Limits.Body);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The child process of {name} did not end within {Limits.Body.TotalSeconds:0} s.");
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }

        return new Result(child.ExitCode, await output, await errors);
    }
}
