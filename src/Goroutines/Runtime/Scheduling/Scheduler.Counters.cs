using System.Collections.Concurrent;

namespace Goroutines.Runtime;

/// <summary>Sums of what the Ps' owners count, each a moment's reading.</summary>
internal sealed partial class Scheduler
{
    private Action<GoroutineInfo>? _collectedHandler;

    /// <summary>Goroutines that were collected while parked, by where they were created; null until <see cref="CountCollectedSites"/>.</summary>
    private ConcurrentDictionary<string, long>? _collectedSites;

    /// <summary>Goroutines that exist (runtime.NumGoroutine).</summary>
    internal long Count
    {
        get
        {
            if (Registry.DropCollected() is var lost and not 0)
            {
                GoroutinesLost(lost);
            }

            return _population.CountLeft(in _procs, static p => Volatile.Read(ref p.Ended));
        }
    }

    /// <summary>Goroutines that were collected while they were parked, because nothing could reach them any more.</summary>
    internal long Collected
    {
        get
        {
            _ = Count;
            return _population.Lost;
        }
    }

    internal long Spawned => _population.CountSpawned(in _procs);

    /// <summary>Turns run so far: two equal readings mean that nobody has run in between.</summary>
    internal long Turns => _procs.Sum(static p => Volatile.Read(ref p.TurnTick));

    internal long Searches => _procs.Sum(static p => Volatile.Read(ref p.Searches));

    internal long Looks => _procs.Sum(static p => Volatile.Read(ref p.Looks));

    internal long Steals => _procs.Sum(static p => Volatile.Read(ref p.Steals));

    internal long Queued => _global.Count + _procs.Sum(static p => p.Queue.Count);

    internal long IdleProcs => _procs.IdleCount;

    /// <summary>Threads of goroutines with a stack of their own.</summary>
    internal long StackThreads => Stacks.Count;

    /// <summary>Timers that are armed, and those that were stopped and have not been dropped yet.</summary>
    internal long Timers => _procs.Sum(static p => p.Timers.Count);

    /// <summary>For how long, in nanoseconds, goroutines have been ready without having a turn, by sysmon's looks.</summary>
    internal long StalledNanoseconds => Sysmon.StalledNanoseconds;

    /// <summary>How many goroutines have a turn, and how many of those are in a blocking region.</summary>
    internal (int Running, int Blocking) InTurns()
    {
        int running = 0;
        int blocking = 0;
        foreach (M m in _workers.All)
        {
            if (m.CurrentG is { } g)
            {
                running += g.Status == GStatus.Running ? 1 : 0;
                blocking += g.Status is GStatus.Syscall or GStatus.Blocked ? 1 : 0;
            }
        }

        return (running, blocking);
    }

    internal long Workers => _workers.All.Count + Stacks.Count;

    internal long WorkerWakes => _workers.Wakes;

    internal long WorkerSleeps => _workers.Sleeps;

    /// <summary>
    /// Called, on the thread pool, with each goroutine that is collected while it is parked; null, the default: nobody is. One that
    /// first parks while this is null is told of only if it is still there when the handler is set.
    /// </summary>
    internal Action<GoroutineInfo>? CollectedHandler
    {
        get => Volatile.Read(ref _collectedHandler);
        set
        {
            // A goroutine that parks meanwhile sees the handler, or is in the registry when that is copied.
            Interlocked.Exchange(ref _collectedHandler, value);
            if (value is not null)
            {
                AttachNotices();
            }
        }
    }

    /// <summary>Whether goroutines that park get a <see cref="CollectedNotice"/>.</summary>
    internal bool WatchesCollected => CollectedHandler is not null || Volatile.Read(ref _collectedSites) is not null;

    /// <summary>Goroutines that were collected while parked, by where they were created, since they are counted; empty if they are not.</summary>
    internal IReadOnlyCollection<KeyValuePair<string, long>> CollectedSites => Volatile.Read(ref _collectedSites) is { } sites ? sites.ToArray() : [];

    /// <summary>From now on goroutines that are collected while parked are counted by where they were created.</summary>
    internal void CountCollectedSites()
    {
        if (Interlocked.CompareExchange(ref _collectedSites, new ConcurrentDictionary<string, long>(StringComparer.Ordinal), null) is null)
        {
            AttachNotices();
        }
    }

    /// <summary>A goroutine was collected while parked. On the finalizer's thread.</summary>
    internal void CollectedAt(string site) => Volatile.Read(ref _collectedSites)?.AddOrUpdate(site, 1, static (_, count) => count + 1);

    private void AttachNotices()
    {
        List<G> parked = [];
        int lost = Registry.CopyTo(parked);
        parked.ForEach(CollectedNotice.AttachTo);
        if (lost != 0)
        {
            GoroutinesLost(lost);
        }
    }
}
