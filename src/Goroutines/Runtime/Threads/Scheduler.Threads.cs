namespace Goroutines.Runtime;

/// <summary>New workers, and what happens where the system has no thread to give.</summary>
/// <remarks>What a refusal means stands in <see cref="ThreadSupply"/>.</remarks>
internal sealed partial class Scheduler
{
    private void StartNewWorker(P p, bool spinning)
    {
        using WithoutContext _ = WithoutContext.Begin();
        Exception refusal;
        if (Threads.CurrentRefusal is { } last)
        {
            refusal = last;
        }
        else if (!ThreadLimit.TryReserve(out string limit))
        {
            refusal = new InvalidOperationException($"There is no room for another thread ({limit}).");
        }
        else
        {
            M? m = null;
            try
            {
                m = new M(this, _workers.NextId()) { Spinning = spinning, NextP = p };
                _workers.All.Add(m, ref _lock);
                Threads.Start(m);
                Threads.Granted();
                return;
            }
            catch (Exception exception) when (ThreadSupply.IsRefusal(exception))
            {
                ThreadLimit.Release();
                if (m is { ListSlot: not WorkerList.None })
                {
                    _lock.Enter();
                    _workers.All.RemoveLocked(m);
                    _lock.Exit();
                }

                refusal = exception;
            }
        }

        if (!ReferenceEquals(refusal, Threads.LastRefusal))
        {
            Threads.Refused(refusal); // not for one that nobody was asked for: those who ask often would never ask again
        }

        _lock.Enter();
        MoveQueueLocked(p);
        _procs.PutIdle(p);
        _lock.Exit();
        if (spinning)
        {
            Interlocked.Decrement(ref _spinning);
        }

        // Sysmon tries again. Not the threads that look whether to wake a worker: they would come here again, without end.
        Sysmon.WakeIfAsleep();
    }

    /// <summary>A worker was refused, and <paramref name="g"/> may lie in the global queue with nobody to run it: it is taken out again.</summary>
    /// <exception cref="InvalidOperationException">It was.</exception>
    private void ThrowIfNobodyRuns(G g, Exception refusal)
    {
        _lock.Enter();
        bool taken = _workers.All.Count == 0 && _global.Remove(g);
        _lock.Exit();
        if (!taken)
        {
            return;
        }

        GoroutinesGone(1);
        throw new InvalidOperationException(
            $"The system refused the first worker thread of the runtime \"{Name}\": {refusal.Message} Raise the limit on threads (ulimit -u, the container's pids limit, kernel.threads-max, vm.max_map_count).",
            refusal);
    }
}
