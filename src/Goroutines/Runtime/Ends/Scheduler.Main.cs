namespace Goroutines.Runtime;

/// <summary>The main goroutines and their callers, and the enumeration of all goroutines.</summary>
internal sealed partial class Scheduler
{
    /// <summary>Spawns <paramref name="main"/>. Its caller then calls <see cref="WaitForMain"/>.</summary>
    /// <param name="main">The main goroutine.</param>
    /// <param name="handle">Its handle.</param>
    /// <param name="onEnd">Registers an action to call when it has ended.</param>
    internal MainCall StartMain(G main, object handle, Action<Action> onEnd)
    {
        MainCall call = new(main, hold: !DetectDeadlocks);
        if (DetectDeadlocks)
        {
            Registry.Keep();
        }

        bool started = false;
        try
        {
            Start(main);

            started = true;
        }
        finally
        {
            if (!started && DetectDeadlocks)
            {
                Registry.LetGo();
            }
        }

        // Only now that the goroutine is queued or has run: before that, the others alone might look deadlocked.
        Mains.Add(call);
        Sysmon.WakeIfAsleep();
        onEnd(() => call.End(handle));
        return call;
    }

    /// <summary>Blocks the calling thread until the goroutine has ended, or is found never to end.</summary>
    /// <returns>The goroutine's handle.</returns>
    /// <exception cref="DeadlockException">Nothing can make the goroutine continue.</exception>
    internal object WaitForMain(MainCall call)
    {
        try
        {
            return call.Wait();
        }
        finally
        {
            Mains.Remove(call);
            Panics.FinishReports();
            if (DetectDeadlocks)
            {
                Registry.LetGo();
            }
        }
    }

    /// <summary>Returns all goroutines that can be found: running, queued and parked. The list is in no order. While they run it
    /// may lack one that has never parked and is being moved.</summary>
    /// <param name="unreachable">Whether to include those that nothing can reach any more and that have not been let go yet.</param>
    internal List<G> Goroutines(bool unreachable = false)
    {
        List<G> found = [];

        // In the order in which a goroutine moves on, so that one that moves meanwhile is still ahead: a worker takes it out of a queue to run it, and
        // it never leaves the registry once it has parked.
        _global.CopyTo(found);
        foreach (P p in _procs.All)
        {
            p.Queue.CopyTo(found);
        }

        foreach (M m in _workers.All)
        {
            if (m.CurrentG is { } g)
            {
                found.Add(g);
            }
        }

        Stacks.CopyWaiting(found);
        found.AddRange(Stacks.Threads.Select(thread => thread.CurrentG).OfType<G>());
        int unparked = found.Count;
        int lost = Registry.CopyTo(found, unreachable);
        if (lost != 0)
        {
            GoroutinesLost(lost);
        }

        // The registry has each goroutine once, so only the others have to be remembered: a million may be parked.
        HashSet<G> seen = new(unparked);
        int looked = 0;
        found.RemoveAll(g =>
        {
            bool parked = looked++ >= unparked;
            return g.HasEnded || (parked ? seen.Contains(g) : !seen.Add(g));
        });
        return found;
    }
}
