using System.Reflection;
using System.Runtime.InteropServices;

namespace Goroutines.Runtime;

/// <summary>Checks whether nothing but goroutines can ever run managed code in this process again. Sleeping goroutines then sleep for
/// ever.</summary>
/// <remarks>
/// <para>This is the second proof of a deadlock. It is for goroutines to which statics, the caller of <c>Main</c> or the stacks of
/// parked synchronous bodies lead: if nothing is left that could act, it does not matter what is reachable. It is Go's own
/// argument, which counts threads. It holds for the common console program, whose threads are the runtime's, the framework's idle
/// ones and the one that waits in <c>Main</c>.</para>
/// <para>All of this must hold; whatever can't be determined counts against it:</para>
/// <list type="bullet">
/// <item>every thread of the process is a worker or monitor of a quiet runtime of ours, waits in <c>Main</c>, or has the name of a
/// framework thread that by itself runs no code of the program (the names of other threads, such as those of sockets or file
/// watchers, are not in the list);</item>
/// <item>no timer of the framework is armed, the thread pool has no work and does none;</item>
/// <item>no handler of a signal is registered, and no child process can be waited for;</item>
/// <item>no descriptor is in a poller of ours, and finalizers have run.</item>
/// </list>
/// <para>This works on Linux only, where the system lists a process's threads and their names. It runs once or twice in
/// a quiet period, so it may be slow.</para>
/// </remarks>
internal static class ClosedWorld
{
    private const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Static;

    /// <summary>The names as the kernel has them: cut to 15 characters.</summary>
    private static readonly HashSet<string> s_passive =
    [
        ".NET SynchManag", ".NET EventPipe", ".NET DebugPipe", ".NET Debugger", ".NET Finalizer", ".NET Tiered Com",
        ".NET SigHandler", ".NET TP Worker", ".NET TP Gate", ".NET Timer", ".NET BGC", ".NET Server GC",
        ".NET Tiered JIT", // .NET 11
        "goroutines fina", // the prover's own, which may take a moment to end
    ];

    /// <summary>Returns what could act, in words, or null if there is nothing.</summary>
    internal static string? FindActor()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "this system does not tell of a process's threads";
        }

        HashSet<int> ours = [];
        foreach (Scheduler scheduler in LastingRuntimes.All())
        {
            if (!scheduler.Deadlocks.IsAsleep(ours))
            {
                return $"the runtime \"{scheduler.Name}\" is not asleep";
            }
        }

        return FindInPool() ?? FindHandler() ?? FindThread(ours);
    }

    private static string? FindInPool()
    {
#pragma warning disable RS0030 // the timers of the program, not ours
        if (Timer.ActiveCount is var timers and not 0)
        {
            return $"timers of the framework that are armed: {timers}";
        }
#pragma warning restore RS0030

        ThreadPool.GetAvailableThreads(out int workers, out int completion);
        ThreadPool.GetMaxThreads(out int mostWorkers, out int mostCompletion);
        return ThreadPool.PendingWorkItemCount != 0 || workers != mostWorkers || completion != mostCompletion ? "the thread pool has work" : null;
    }

    private static string? FindHandler()
    {
        // Console.CancelKeyPress is a registration of two signals. Exited of a child comes with its signal.
        if (typeof(PosixSignalRegistration).GetField("s_registrations", Private)?.GetValue(null) is not System.Collections.ICollection { Count: 0 })
        {
            return "a handler of a signal";
        }

        return AppDomain.CurrentDomain.GetAssemblies().Any(static assembly => assembly.GetName().Name == "System.Diagnostics.Process")
            ? "a child process, if there is one" : null;
    }

    private static string? FindThread(HashSet<int> ours)
    {
        try
        {
            foreach (string directory in Directory.EnumerateDirectories("/proc/self/task"))
            {
                if (!int.TryParse(Path.GetFileName(directory.AsSpan()), out int id) || ours.Contains(id))
                {
                    continue;
                }

                string name = File.ReadAllText(Path.Combine(directory, "comm")).Trim();
                if (!s_passive.Contains(name))
                {
                    return $"the thread {id} \"{name}\"";
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message; // a thread has just ended, so the process is not quiet; or procfs is not available
        }
    }
}
