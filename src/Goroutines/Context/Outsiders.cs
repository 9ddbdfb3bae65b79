namespace Goroutines.Context;

/// <summary>Registrations with framework tokens: each may make goroutines go on, so while there are any no runtime is deadlocked.</summary>
internal static class Outsiders
{
    internal static void Add(int change) => GoRuntime.Default.Scheduler.OutsideWaiter(change);
}
