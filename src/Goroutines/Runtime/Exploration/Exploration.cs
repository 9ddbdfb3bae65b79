namespace Goroutines.Runtime;

/// <summary>Which runtimes explore schedules, and whether the caller is a goroutine of one.</summary>
internal static class Exploration
{
    private static SpinMutex s_gate; // a struct: a static constructor would burden every access
    private static int s_runtimes;

    /// <summary>
    /// Called before the first goroutine of an exploring runtime starts. The bit is written under <c>s_gate</c>, so that a runtime that
    /// ends never hides another one that begins: it is set from before this call returns until after the last <see cref="End"/>.
    /// </summary>
    internal static void Begin()
    {
        s_gate.Enter();
        s_runtimes++;
        OperationHooks.Set(OperationHooks.Explored, true);
        s_gate.Exit();
    }

    /// <summary>Called after the last goroutine of an exploring runtime.</summary>
    internal static void End()
    {
        s_gate.Enter();
        OperationHooks.Set(OperationHooks.Explored, --s_runtimes != 0);
        s_gate.Exit();
    }

    /// <summary>The driver that decides what the calling goroutine does; null if the caller is not a goroutine of an exploring runtime.</summary>
    internal static ScheduleDriver? Driver => Find(out _);

    /// <summary>Returns the time by which the library measures its own patience: virtual where schedules are explored.</summary>
    internal static long Nanoseconds() => OperationHooks.Any && Driver is not null ? M.Current!.Scheduler.Clock.Now : Clock.SystemNanoseconds();

    internal static ScheduleDriver? Find(out G? g)
    {
        g = null;
        if (M.Current is not { HasP: true, CurrentG: { } current } || current.Scheduler.Driver is not { Explores: true } driver)
        {
            return null;
        }

        g = current;
        return driver;
    }
}
