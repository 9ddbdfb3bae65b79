using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Controls what is recorded while goroutines run, for later inspection. The settings are process-wide, since locks belong to no
/// runtime, and off by default.</summary>
/// <remarks>All members are safe to call from any thread. Turning a setting on does not reveal what happened before.</remarks>
public static class GoTracking
{
    private static readonly Lock s_lock = new();
    private static bool s_holders;

    /// <summary>Gets or sets whether <see cref="GoMutex"/> and <see cref="GoRWMutex"/> record which goroutine holds them. It costs a few
    /// nanoseconds per lock; a read lock costs an entry in a list. Deadlocks among locks are found only while this is on.</summary>
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

    /// <summary>Gets or sets whether new goroutines record which goroutine started them. It costs an entry in a table per
    /// goroutine.</summary>
    public static bool Parents
    {
        get => SpawnNotes.TracksParents;
        set => SpawnNotes.TracksParents = value;
    }

    /// <summary>From now on, counts by creation site the goroutines of a runtime that are garbage collected while parked. It costs a
    /// finalizable object for each goroutine that parks, as does <see cref="GoRuntime.LeakHandler"/>.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> is <see langword="null"/>.</exception>
    public static void CountCollected(GoRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        runtime.Scheduler.CountCollectedSites();
    }
}
