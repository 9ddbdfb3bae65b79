using System.Collections.Concurrent;

namespace Goroutines.Runtime;

/// <summary>Sums of the Ps' counters. Each is a reading at one moment.</summary>
internal sealed partial class Scheduler
{
    private Action<GoroutineInfo>? _collectedHandler;

    /// <summary>How many goroutines were collected while parked, by where they were created; null until
    /// <see cref="CountCollectedSites"/>.</summary>
    private ConcurrentDictionary<string, long>? _collectedSites;

    /// <summary>The number of goroutines that exist (runtime.NumGoroutine).</summary>
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

    /// <summary>The number of goroutines that were collected while parked, because nothing could reach them any more.</summary>
    internal long Collected
    {
        get
        {
            _ = Count;
            return _population.Lost;
        }
    }

    internal long Spawned => _population.CountSpawned(in _procs);

    /// <summary>The number of turns run so far. Two equal readings mean that nothing has run in between.</summary>
    internal long Turns => _procs.Sum(static p => Volatile.Read(ref p.TurnTick));

    internal long Steals => _procs.Sum(static p => Volatile.Read(ref p.Steals));

    internal long Queued => _global.Count + _procs.Sum(static p => p.Queue.Count);

    internal long IdleProcs => _procs.IdleCount;

    /// <summary>The number of threads of goroutines with a stack of their own.</summary>
    internal long StackThreads => Stacks.Threads.Length;

    /// <summary>The number of timers that are armed, or were stopped and have not been dropped yet.</summary>
    internal long Timers => _procs.Sum(static p => p.Timers.Count);

    /// <summary>How long, in nanoseconds, goroutines have been ready without getting a turn, as sampled by sysmon.</summary>
    internal long StalledNanoseconds => Sysmon.StalledNanoseconds;

    /// <summary>Returns how many goroutines have a turn, and how many of those are in a blocking region.</summary>
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

    internal long Workers => _workers.All.Count + Stacks.Threads.Length;

    internal long WorkerWakes => _workers.Wakes;

    internal long WorkerSleeps => _workers.Sleeps;

    /// <summary>
    /// Called, on the thread pool, with each goroutine that is collected while it is parked. By default it is null, and nothing is
    /// called. A goroutine that first parks while this is null is reported only if it is still there when the handler is set.
    /// </summary>
    internal Action<GoroutineInfo>? CollectedHandler
    {
        get => Volatile.Read(ref _collectedHandler);
        set
        {
            // A goroutine that parks meanwhile either sees the handler or is in the registry when that is copied.
            Interlocked.Exchange(ref _collectedHandler, value);
            if (value is not null)
            {
                AttachNotices();
            }
        }
    }

    /// <summary>Whether goroutines that park get a <see cref="CollectedNotice"/>.</summary>
    internal bool WatchesCollected => CollectedHandler is not null || Volatile.Read(ref _collectedSites) is not null;

    /// <summary>The goroutines that were collected while parked, counted by where they were created since counting began; empty if they are not
    /// counted.</summary>
    internal IReadOnlyCollection<KeyValuePair<string, long>> CollectedSites => Volatile.Read(ref _collectedSites) is { } sites ? sites.ToArray() : [];

    /// <summary>Starts counting goroutines that are collected while parked, by where they were created.</summary>
    internal void CountCollectedSites()
    {
        if (Interlocked.CompareExchange(ref _collectedSites, new ConcurrentDictionary<string, long>(StringComparer.Ordinal), null) is null)
        {
            AttachNotices();
        }
    }

    /// <summary>Counts a goroutine that was collected while parked. Runs on the finalizer thread.</summary>
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
