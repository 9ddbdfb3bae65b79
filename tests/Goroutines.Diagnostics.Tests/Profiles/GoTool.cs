using System.Diagnostics;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>Runs <c>go tool pprof</c>, of the Go that is there or that bench/get-go can have.</summary>
internal static class GoTool
{
    private static readonly Lazy<(string? Root, string Reason)> s_go = new(Find);

    /// <summary>Runs it on a profile. Skips the test where there is no Go, but not on CI.</summary>
    internal static string Pprof(GoProfile profile, params string[] arguments)
    {
        (string? root, string reason) = s_go.Value;
        if (root is null)
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") is null or "", reason);
            Assert.Skip(reason);
        }

        string file = Path.GetTempFileName();
        try
        {
            using (FileStream stream = File.Create(file))
            {
                profile.WritePprof(stream);
            }

            (int code, string output, string error) = Run(Path.Combine(root!, "bin", "go"), ["tool", "pprof", .. arguments, file], root);
            Assert.True(code == 0, error);
            return output;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static (string? Root, string Reason) Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Goroutines.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        if (folder is null || OperatingSystem.IsWindows())
        {
            return (null, "Go is looked for by bench/get-go, beside the sources, by a shell.");
        }

        (int code, string output, string error) = Run("bash", [Path.Combine(folder, "bench", "get-go")], null);
        return code == 0 ? (output.Trim(), "") : (null, error);
    }

    private static (int Code, string Output, string Error) Run(string program, string[] arguments, string? goRoot)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (goRoot is not null)
        {
            start.Environment["GOROOT"] = goRoot;
            start.Environment["GOTOOLCHAIN"] = "local";
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
