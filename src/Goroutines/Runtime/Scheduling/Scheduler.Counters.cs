namespace Goroutines.Runtime;

/// <summary>Sums of what the Ps' owners count, each a moment's reading.</summary>
internal sealed partial class Scheduler
{
    private Action<GoroutineInfo>? _collectedHandler;

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

    internal long Steals => _procs.Sum(static p => Volatile.Read(ref p.Steals));

    internal long Queued => _global.Count + _procs.Sum(static p => p.Queue.Count);

    internal long IdleProcs => _procs.IdleCount;

    internal long Workers => _workers.All.Count + Stacks.Threads.Length;

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
                List<G> parked = [];
                int lost = Registry.CopyTo(parked);
                parked.ForEach(CollectedNotice.AttachTo);
                if (lost != 0)
                {
                    GoroutinesLost(lost);
                }
            }
        }
    }
}
