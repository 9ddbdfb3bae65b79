using System.Diagnostics;

namespace Goroutines.GoComparison;

/// <summary>A program that is run to its end.</summary>
internal static class Child
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    /// <summary>Returns what the program printed.</summary>
    /// <exception cref="ChildException">It failed, or did not end in time.</exception>
    public static async Task<string> RunAsync(string program, string? folder, IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        using var process = Process.Start(start) ?? throw new ChildException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(s_limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new ChildException($"still running after {s_limit.TotalSeconds:0} s");
        }
        var printed = await output;
        return process.ExitCode == 0 ? printed : throw new ChildException($"exit code {process.ExitCode}: {printed.Trim()} {(await error).Trim()}");
    }
}

internal sealed class ChildException(string message) : Exception(message);
