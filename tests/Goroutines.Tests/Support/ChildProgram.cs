using System.Diagnostics;
using Xunit;

namespace Goroutines.Tests.Support;

/// <summary>Runs a program of tests/Goroutines.Programs in a process of its own.</summary>
internal static class ChildProgram
{
    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string name, params (string Name, string Value)[] environment)
    {
        // artifacts/bin/Goroutines.Tests/release/ is where this program is.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Goroutines.Programs", configuration, "Goroutines.Programs"));
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? $"{path}.exe" : path, [name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string variable, string value) in environment)
        {
            start.Environment[variable] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limits.Wait);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The program {name} did not end within {Limits.Wait.TotalSeconds:0} s.{Environment.NewLine}{await output}{Environment.NewLine}{await error}");
        }

        return (process.ExitCode, await output, await error);
    }
}
