using System.Globalization;
using Xunit;

namespace Goroutines.Tests.Support;

/// <summary>
/// Runs test bodies on a runtime of their own. A body that does not end in time fails the test with the runtime's dump,
/// so that the report says what every goroutine waited for.
/// </summary>
internal static class Isolated
{
    /// <summary>Runs <paramref name="body"/> as a goroutine.</summary>
    public static Task GoAsync(Func<Task> body, GoRuntimeOptions? options = null)
        => RunAsync(runtime => runtime.Run(body).JoinAsync().AsTask(), options);

    /// <summary>Runs <paramref name="body"/> as a goroutine of a runtime with <paramref name="maxProcs"/> Ps.</summary>
    public static Task GoAsync(int maxProcs, Func<Task> body) => GoAsync(body, new GoRuntimeOptions { MaxProcs = maxProcs });

    /// <summary>
    /// Runs <paramref name="body"/> as a goroutine of a runtime with one P and one worker: while one goroutine has its turn no
    /// other runs, however long the system keeps the worker from its core. (A worker that seems stuck is given company, where
    /// there may be another.)
    /// </summary>
    public static Task OneAtATimeAsync(Func<Task> body) => GoAsync(body, new GoRuntimeOptions { MaxProcs = 1, MaxThreads = 1 });

    /// <summary>Runs <paramref name="body"/> beside a runtime with <paramref name="maxProcs"/> Ps.</summary>
    public static Task RunAsync(int maxProcs, Func<GoRuntime, Task> body) => RunAsync(body, new GoRuntimeOptions { MaxProcs = maxProcs });

    /// <summary>Runs <paramref name="body"/> beside a runtime, which is disposed of afterwards.</summary>
    public static async Task RunAsync(Func<GoRuntime, Task> body, GoRuntimeOptions? options = null)
    {
        var runtime = new GoRuntime(options);
        bool ended = false;
        try
        {
            Task running = body(runtime);
            if (await Task.WhenAny(running, Task.Delay(Limits.Body)) != running)
            {
                Assert.Fail($"The body did not end within {Limits.Body.TotalSeconds:0} s.{Environment.NewLine}{DumpOf(runtime)}");
            }

            ended = true;
            await running;
        }
        finally
        {
            Task disposing = runtime.DisposeAsync().AsTask();
            if (ended)
            {
                await disposing.WaitAsync(Limits.Wait);
            }
        }
    }

    private static string DumpOf(GoRuntime runtime)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        runtime.Dump(writer);
        return writer.ToString();
    }
}
