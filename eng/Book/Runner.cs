using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace Book;

/// <summary>Runs programs in processes of their own.</summary>
internal static class Runner
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs a compiled program in this process, to its end.</summary>
    public static int RunHere(string assembly)
    {
        MethodInfo entry = AssemblyLoadContext.Default.LoadFromAssemblyPath(assembly).EntryPoint!;
        object?[] arguments = entry.GetParameters().Length == 0 ? [] : [Array.Empty<string>()];
        return entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null) as int? ?? 0;
    }

    /// <summary>Runs a compiled program of C#; returns what it printed to standard output, and its exit code.</summary>
    public static Task<Output> RunManagedAsync(string assembly) => RunAsync(Environment.ProcessPath!, ["--run", assembly]);

    public static async Task<Output> RunAsync(string program, IEnumerable<string> arguments, string? directory = null)
    {
        using var limit = new CancellationTokenSource(s_limit);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory ?? "" };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            string errors = await error;
            await process.WaitForExitAsync(limit.Token);
            return new Output(output, errors, process.ExitCode);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new Output("", $"not done within {s_limit}", -1);
        }
    }
}
