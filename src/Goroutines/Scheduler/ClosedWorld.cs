using System.Reflection;
using System.Runtime.InteropServices;
using Goroutines.Diagnostics;

namespace Goroutines.Scheduler;

/// <summary>Whether nothing but goroutines can ever run managed code in this process again: then sleeping goroutines sleep for ever.</summary>
/// <remarks>
/// <para>The second proof of a deadlock, for goroutines that statics, the caller of <c>Main</c> or the stacks of parked synchronous
/// bodies lead to: if nobody is left who could act, it does not matter what is reachable. It is Go's own argument, which
/// counts threads, and it holds for the common console program, whose threads are the runtime's, the framework's idle ones
/// and the one that waits in <c>Main</c>.</para>
/// <para>All of this must hold, and whatever can't be told counts against it:</para>
/// <list type="bullet">
/// <item>every thread of the process is a worker or monitor of a quiet runtime of ours, waits in <c>Main</c>, or has the name of a
/// thread of the framework's that by itself runs no code of the program (the names of others, of sockets or file watchers say, are
/// not in the list);</item>
/// <item>no timer of the framework is armed, the thread pool has no work and does none;</item>
/// <item>no handler of a signal is registered, and no child process can be waited for;</item>
/// <item>no descriptor is in a poller of ours, and finalizers have run.</item>
/// </list>
/// <para>Linux only, where the system lists a process's threads and their names. It is asked once or twice in a quiet
/// period, so it may be slow.</para>
/// </remarks>
internal static class ClosedWorld
{
    private const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Static;

    /// <summary>As the kernel has them: cut to 15 characters.</summary>
    private static readonly HashSet<string> s_passive =
    [
        ".NET SynchManag", ".NET EventPipe", ".NET DebugPipe", ".NET Debugger", ".NET Finalizer", ".NET Tiered Com",
        ".NET SigHandler", ".NET TP Worker", ".NET TP Gate", ".NET Timer", ".NET BGC", ".NET Server GC",
    ];

    internal static bool IsClosed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        HashSet<int> ours = [];
        foreach (Scheduler scheduler in Metrics.Watched())
        {
            if (!scheduler.IsAsleep(ours))
            {
                return false;
            }
        }

        return !IsPoolBusy() && !HasHandlers() && AreAllKnown(ours);
    }

    private static bool IsPoolBusy()
    {
#pragma warning disable RS0030 // other people's timers, not ours
        if (Timer.ActiveCount != 0 || ThreadPool.PendingWorkItemCount != 0)
        {
            return true;
        }
#pragma warning restore RS0030

        ThreadPool.GetAvailableThreads(out int workers, out int completion);
        ThreadPool.GetMaxThreads(out int mostWorkers, out int mostCompletion);
        return workers != mostWorkers || completion != mostCompletion;
    }

    private static bool HasHandlers()
    {
        // Console.CancelKeyPress is a registration of two signals. Exited of a child comes with its signal.
        return typeof(PosixSignalRegistration).GetField("s_registrations", Private)?.GetValue(null) is not System.Collections.ICollection { Count: 0 }
            || AppDomain.CurrentDomain.GetAssemblies().Any(static assembly => assembly.GetName().Name == "System.Diagnostics.Process");
    }

    private static bool AreAllKnown(HashSet<int> ours)
    {
        try
        {
            foreach (string directory in Directory.EnumerateDirectories("/proc/self/task"))
            {
                if (!int.TryParse(Path.GetFileName(directory.AsSpan()), out int id)
                    || (!ours.Contains(id) && !s_passive.Contains(File.ReadAllText(Path.Combine(directory, "comm")).Trim())))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // a thread has just ended, which is no quiet; or there is no procfs for us
        }
    }
}
