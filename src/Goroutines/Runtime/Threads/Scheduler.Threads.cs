namespace Goroutines.Runtime;

/// <summary>Starting workers, and what happens if the system has no thread to give.</summary>
/// <remarks>See <see cref="ThreadSupply"/> for what a refusal means.</remarks>
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
            Threads.Refused(refusal); // a request that was skipped is not recorded: threads that ask often would extend the refusal for ever
        }

        _lock.Enter();
        MoveQueueLocked(p);
        _procs.PutIdle(p);
        AdjustProcs();
        _lock.Exit();
        if (spinning)
        {
            Interlocked.Decrement(ref _spinning);
        }

        // Sysmon tries again. The threads that decide whether to wake a worker don't: they would come here again, without end.
        Sysmon.WakeIfAsleep();
    }

    /// <summary>Called when a worker was refused and <paramref name="g"/> may be in the global queue with no worker to run it: removes it
    /// again.</summary>
    /// <exception cref="InvalidOperationException">It was removed.</exception>
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
