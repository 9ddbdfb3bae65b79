namespace Goroutines.Runtime;

/// <summary>What happens rarely in any runtime of the process, for those who write it down.</summary>
/// <remarks>Called on the thread to which it happens, which goes on afterwards: handlers must be quick, and not throw.</remarks>
internal static class RuntimeEvents
{
    /// <summary>A runtime was made.</summary>
    internal static event Action<Scheduler>? Started;

    /// <summary>A runtime was told to stop.</summary>
    internal static event Action<Scheduler>? Stopped;

    /// <summary>A panic is about to be told to its handler.</summary>
    internal static event Action<Scheduler, PanicInfo>? Panicked;

    /// <summary>All goroutines have been quiet while a Main waits; it is looked into whether they are deadlocked.</summary>
    internal static event Action<Scheduler>? DeadlockSuspected;

    /// <summary>They are.</summary>
    internal static event Action<Scheduler>? Deadlocked;

    /// <summary>A goroutine was collected while it was parked. Only of runtimes that count them or have a handler; on the thread pool.</summary>
    internal static event Action<Scheduler, GoroutineInfo>? Collected;

    internal static bool HearsCollected => Collected is not null;

    internal static void OnCollected(Scheduler scheduler, GoroutineInfo info) => Collected?.Invoke(scheduler, info);

    internal static void OnStarted(Scheduler scheduler) => Started?.Invoke(scheduler);

    internal static void OnStopped(Scheduler scheduler) => Stopped?.Invoke(scheduler);

    internal static void OnPanicked(Scheduler scheduler, PanicInfo info) => Panicked?.Invoke(scheduler, info);

    internal static void OnDeadlockSuspected(Scheduler scheduler) => DeadlockSuspected?.Invoke(scheduler);

    internal static void OnDeadlocked(Scheduler scheduler) => Deadlocked?.Invoke(scheduler);
}
