using System.Runtime.CompilerServices;
using Goroutines.ModelTests.Model;
using Goroutines.Runtime;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Runtimes whose threads are those of the program.</summary>
internal static class Runtimes
{
    internal static GoRuntime Make(int procs) => new(new GoRuntimeOptions
    {
        MaxProcs = procs,
        DetectDeadlocks = false,
        PanicHandler = static info => ModelThread.Current?.Execution.Fail($"goroutine {info.GoroutineId}: {info.Exception.Message}"),
    });

    /// <summary>A goroutine that is in no queue, with a body that does nothing.</summary>
    internal static G Goroutine(Scheduler scheduler) => Goroutine(scheduler, static () => default);

    internal static G Goroutine(Scheduler scheduler, Func<ValueTask> body) => new ValueTaskG(scheduler, scheduler.NewGoroutineId(), body, null, 0);

    /// <summary>What is in the global queue.</summary>
    internal static List<G> Global(Scheduler scheduler)
    {
        List<G> found = [];
        GlobalQueue(scheduler).CopyTo(found);
        return found;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_global")]
    internal static extern ref GlobalQueue GlobalQueue(Scheduler scheduler);
}
