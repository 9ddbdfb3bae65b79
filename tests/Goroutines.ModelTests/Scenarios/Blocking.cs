using Goroutines.Runtime;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Waits for operations as the synchronous forms do.</summary>
internal static class Blocking
{
    internal static T Wait<T>(ValueTask<T> operation) => ThreadWait.Wait(operation);

    internal static void Wait(ValueTask operation) => ThreadWait.Wait(operation);
}
