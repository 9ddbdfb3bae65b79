using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>What is noted while goroutines run, for those who look later. Process-wide, since locks belong to no runtime; all of it is off at first.</summary>
/// <remarks>Safe from any thread. What was there before a setting was turned on is not known afterwards.</remarks>
public static class GoTracking
{
    private static readonly Lock s_lock = new();
    private static bool s_holders;

    /// <summary>Whether locks note which goroutine holds them: <see cref="GoMutex"/> and <see cref="GoRWMutex"/>. It costs a few nanoseconds a lock; read locks pay
    /// for an entry in a list. Deadlocks among locks are found only while this is on.</summary>
    public static bool Holders
    {
        get
        {
            lock (s_lock)
            {
                return s_holders;
            }
        }

        set
        {
            lock (s_lock)
            {
                if (s_holders == value)
                {
                    return;
                }

                s_holders = value;
                if (value)
                {
                    HolderTracking.Begin();
                }
                else
                {
                    HolderTracking.End();
                }
            }
        }
    }

    /// <summary>Whether new goroutines note which goroutine started them. It costs an entry in a table for each.</summary>
    public static bool Parents
    {
        get => SpawnNotes.TracksParents;
        set => SpawnNotes.TracksParents = value;
    }

    /// <summary>Counts the goroutines of a runtime that are garbage collected while parked by where they were created, from now on. It costs a
    /// finalizable object for each goroutine that parks, as <see cref="GoRuntime.LeakHandler"/>.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> is <see langword="null"/>.</exception>
    public static void CountCollected(GoRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        runtime.Scheduler.CountCollectedSites();
    }
}
