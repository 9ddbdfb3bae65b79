using Goroutines.Tests.Support;

namespace Goroutines.Conformance.Tests;

/// <summary>
/// Runs a body in the way of a Go program: a panic in any goroutine ends it, and fails the test; when the body has ended, it
/// does not matter what the goroutines that it leaves behind are doing.
/// </summary>
internal static class GoProgram
{
    public static Task RunAsync(Func<Task> main, int? maxProcs = null)
    {
        TaskCompletionSource panicked = new();
        return Isolated.GoAsync(
            async () => await await Task.WhenAny(main(), panicked.Task),
            new GoRuntimeOptions { MaxProcs = maxProcs, PanicHandler = panic => panicked.TrySetException(panic.Exception) });
    }
}
