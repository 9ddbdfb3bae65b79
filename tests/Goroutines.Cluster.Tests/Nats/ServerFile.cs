using System.Diagnostics;

namespace Goroutines.Cluster.Tests;

/// <summary>The nats-server to test with, found or fetched by <c>eng/get-nats</c>, once.</summary>
internal static class ServerFile
{
    private static readonly Lazy<(string? Path, string Reason)> s_found = new(Find);

    /// <summary>The program; null when none can be had.</summary>
    internal static string? Path => s_found.Value.Path;

    /// <summary>Why none can be had.</summary>
    internal static string Reason => s_found.Value.Reason;

    private static (string? Path, string Reason) Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = System.IO.Path.Combine(folder.FullName, "eng", "get-nats");
            if (File.Exists(script))
            {
                using Process process = Process.Start(new ProcessStartInfo(script) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                Task<string> errors = process.StandardError.ReadToEndAsync();
                string path = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                return process.ExitCode == 0 ? (path, "") : (null, $"no nats-server: {errors.Result.Trim()}");
            }
        }

        return (null, "no nats-server: eng/get-nats is not above the tests");
    }
}
