namespace Goroutines.Runtime;

/// <summary>The runtimes of this process that have lasted for a while and are in use.</summary>
/// <remarks>They are held weakly, under the list's own lock. Those that have been stopped or collected are removed when the next one is
/// added.</remarks>
internal static class LastingRuntimes
{
    private static readonly List<WeakReference<Scheduler>> s_runtimes = [];

    internal static void Add(Scheduler scheduler)
    {
        lock (s_runtimes)
        {
            s_runtimes.RemoveAll(static runtime => !runtime.TryGetTarget(out Scheduler? target) || target.IsStopping);
            s_runtimes.Add(new WeakReference<Scheduler>(scheduler));
        }
    }

    /// <summary>Returns those that are in use now.</summary>
    internal static List<Scheduler> All()
    {
        List<Scheduler> all = [];
        lock (s_runtimes)
        {
            foreach (WeakReference<Scheduler> runtime in s_runtimes)
            {
                if (runtime.TryGetTarget(out Scheduler? scheduler) && !scheduler.IsStopping)
                {
                    all.Add(scheduler);
                }
            }
        }

        return all;
    }
}
