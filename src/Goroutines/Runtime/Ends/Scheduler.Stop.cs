namespace Goroutines.Runtime;

/// <summary>The end of the workers, and what happens to the goroutines that are left then.</summary>
/// <remarks>
/// <para>
/// Once <c>_stopping</c> is set, no worker begins another turn. A turn that is in progress runs to its end: with its P or, if it
/// comes back from a blocking region and finds none, with one that belongs to nothing (<see cref="P.IsStray"/>). A goroutine with
/// a stack of its own is unwound: the operation in which it waits throws <see cref="ObjectDisposedException"/>.
/// </para>
/// <para>
/// <b>Every other goroutine is abandoned</b>, once: it leaves the queue in which it waits and returns what it was given there
/// (<see cref="WaitSource.Abandon"/>), and the waiters for its outcome get an exception. The thread that abandons a goroutine must have
/// it to itself:
/// <list type="bullet">
/// <item>a parked one, by the CAS Waiting → Dead, which makes its wakers' CAS fail;</item>
/// <item>a runnable one, by taking it out of its queue, from which no worker takes it for a turn any more;</item>
/// <item>one that has ended, or whose body blocks a thread, is not abandoned: what it has left behind, and what that thread waits
/// for, continues on the thread pool;</item>
/// <item>one that is in its turn is left to its worker, and is parked, or has ended, when the worker exits.</item>
/// </list>
/// So everything is searched once <c>_stopping</c> has been set, and again whenever a worker exits. What is queued after that
/// would go to the global queue. <c>_stopping</c> is set under the lock of that queue, so the goroutine is abandoned instead of
/// queued.
/// </para>
/// <para>
/// <b>Several threads may search at once</b>, and one that finds a goroutine taken by another goes on. The thread that finds all workers gone
/// therefore does not tell so while another still searches: it may have taken a goroutine and not yet have removed it from its queue.
/// A searcher counts itself in (full fence) before it takes anything, and out (full fence) before it looks whether all are gone. So of the
/// last worker and a searcher, the one that comes later sees the other's step. A search that begins after that finds nothing left.
/// </para>
/// </remarks>
internal sealed partial class Scheduler
{
    private TaskCompletionSource? _workersGone;

    /// <summary>How many threads are in <see cref="AbandonAll"/>.</summary>
    private int _abandoning;

    /// <summary>Takes the timers once the runtime is stopped. Set under _lock, before the heaps of the Ps are closed one after the
    /// other; a P that is created later has a closed heap. So a thread that finds a heap closed for good finds this.</summary>
    private LateTimers? _lateTimers;

    internal EndlessSleeps EndlessSleeps { get; } = new();

    /// <summary>The number of goroutines that existed when the runtime was stopped.</summary>
    private long _leftAtStop;

    /// <summary>Ends the workers, each at its next scheduling point. The task completes when all of them have ended, synchronous bodies
    /// have been unwound, and the waiters for the remaining goroutines have been notified.</summary>
    internal Task StopWorkersAsync()
    {
        _population.Refuse();
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        gone = Interlocked.CompareExchange(ref _workersGone, gone, null) ?? gone;
        long left = Count;
        LateTimers? late = Driver is null ? new LateTimers(this) : null; // the clock of a test no longer advances after it
        _lock.Enter();
        bool first = !_stopping;
        if (first)
        {
            _leftAtStop = Math.Max(0, left);
            WaitSource.AnyRuntimeStopped = true;
            _lateTimers = late;
            _stopping = true;
            if (Driver is null)
            {
                _global.Close();
            }
        }

        bool alone = _workers.All.Count == 0;
        _lock.Exit();
        if (first)
        {
            RuntimeEvents.OnStopped(this);
        }

        _population.EndDrain();
        foreach (M m in _workers.All)
        {
            m.Wake();
            m.InterruptWait();
        }

        foreach (StackfulThread thread in Stacks.Threads)
        {
            thread.Note.Wake();
            thread.InterruptWait();
        }

        Sysmon.Wake();
        _providerTimer?.Stop();
        if (first && Driver is null)
        {
            MoveTimersOut();
        }

        if (alone)
        {
            if (first)
            {
                AbandonAll();
            }

            _poller.Poller?.Retire();
            TellIfAllGone();
        }
        else if (first && Driver is null)
        {
#pragma warning disable RS0030 // not on our workers, which end; and not here, since callbacks of tokens may run
            ThreadPool.UnsafeQueueUserWorkItem(
                static self =>
                {
                    self.AbandonAll();
                    self.TellIfAllGone();
                },
                this,
                preferLocal: false);
#pragma warning restore RS0030
        }

        return gone.Task;
    }

    private void MoveTimersOut()
    {
        EndlessSleeps.TellAll(this);
        foreach (P p in _procs.All)
        {
            foreach (TimerEntry entry in p.Timers.Close())
            {
                if (entry.Target.IsArmed(entry.Arming))
                {
                    _lateTimers!.Add(entry);
                }
            }
        }
    }

    internal void WorkerExited(M m)
    {
        _lock.Enter();
        _workers.All.RemoveLocked(m);
        bool stopped = _stopping;
        bool last = stopped && _workers.All.Count == 0;
        _lock.Exit();
        GiveUpP(m);
        if (stopped)
        {
            AbandonAll();
        }

        if (last)
        {
            Sysmon.Wake();
            _poller.Poller?.Retire();
        }

        TellIfAllGone();
    }

    /// <summary>Called when a thread has left its list, or has searched for what is left. The last thread, of workers and of synchronous bodies, finds
    /// both lists empty.</summary>
    internal void TellIfAllGone()
    {
        if (_stopping && _workers.All.Count == 0 && Stacks.Count == 0 && Volatile.Read(ref _abandoning) == 0)
        {
            Volatile.Read(ref _workersGone)?.TrySetResult();
        }
    }

    /// <summary>Called when a worker takes no more turns: gives up its P, if it has one.</summary>
    internal void GiveUpP(M m)
    {
        if (m.HasP)
        {
            GiveUp(m.Release());
        }
    }

    /// <summary>Gives up a P that is no longer needed. If the runtime has been stopped, no worker looks at its queue any more.</summary>
    private void GiveUp(P p)
    {
        if (p.IsStray)
        {
            GoroutinesGone((int)(p.Ended - p.Spawned)); // it is in no sum
        }
        else
        {
            _lock.Enter();
            _procs.PutIdle(p);
            _lock.Exit();
        }

        if (_stopping)
        {
            AbandonQueue(p);
        }
    }

    /// <summary>Creates the exception for an outcome that will not come because the runtime has been stopped.</summary>
    internal ObjectDisposedException Stopped() => new(Name, $"The runtime \"{Name}\" has been stopped, and with it the goroutine that this waits for.");

    /// <summary>Creates the exception for a caller for which the stopped runtime does no more.</summary>
    internal ObjectDisposedException StoppedFor(string what) => new(Name, $"The runtime \"{Name}\" has been stopped: {what}.");

    internal ObjectDisposedException StoppedInside(G g) => new(Name, $"The runtime \"{Name}\" has been stopped, and goroutine {g.Id} with it: it can wait no more.");

    /// <summary>Throws if the caller is a goroutine of this runtime, which would wait for itself.</summary>
    internal void ThrowIfInside(string operation)
    {
        if (M.Current is { CurrentG: { } g } m && ReferenceEquals(m.Scheduler, this))
        {
            throw new InvalidOperationException(
                $"{operation} was called inside goroutine {g.Id} of the runtime \"{Name}\": it waits for all goroutines of the runtime to end, and would wait for its caller. "
                + "Call it from outside of the runtime, or start it there and let the goroutine end: Task.Run(() => runtime.StopAsync().AsTask()).");
        }
    }

    /// <summary>Abandons every goroutine that this thread can have to itself. See the essay. The caller then looks whether all are gone.</summary>
    private void AbandonAll()
    {
        if (Driver is not null)
        {
            return; // the test reports what is left at its end
        }

        Interlocked.Increment(ref _abandoning);
        try
        {
            AbandonEverything();
        }
        finally
        {
            Interlocked.Decrement(ref _abandoning);
        }
    }

    private void AbandonEverything()
    {
        while (_global.TakeAny() is { } queued)
        {
            Abandon(queued);
        }

        foreach (P p in _procs.All)
        {
            AbandonQueue(p);
        }

        while (Stacks.TakeWaiting() is { } unstarted)
        {
            AbandonUnstarted(unstarted);
        }

        List<G> parked = [];
        GoroutinesLost(Registry.CopyTo(parked));
        GoroutinesGone(parked.Count(static g => g.TryAbandonParked()));
        Obligations.Break();
    }

    /// <summary>Abandons a goroutine whose thread has not got to it, or that got no thread.</summary>
    internal void AbandonUnstarted(ThreadG g)
    {
        if (Driver is null && g.Abandon())
        {
            GoroutinesGone(1);
        }
    }

    private void AbandonQueue(P p)
    {
        while (p.Queue.TakeOutside() is { } g)
        {
            Abandon(g);
        }
    }

    /// <summary>Abandons a goroutine that the caller has taken out of a queue, or was about to put into one.</summary>
    private void Abandon(G g)
    {
        if (g is WorkItem work)
        {
            work.RunElsewhere();
            return;
        }

        // A goroutine that has a thread continues there: to its next park, or unwinding.
        if (g.LockedM is null && g.AbandonQueued())
        {
            GoroutinesGone(1);
        }
    }

    /// <summary>Abandons goroutines that were to be queued after the runtime was stopped. This happens later, since the caller is in the middle
    /// of waking a goroutine.</summary>
    private static void AbandonLater(G first)
    {
#pragma warning disable RS0030 // there are no workers any more
        for (G? g = first; g is not null;)
        {
            G? next = g.QueueNext;
            g.QueueNext = null;
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.Scheduler.Abandon(state), g, preferLocal: false);
            g = next;
        }
#pragma warning restore RS0030
    }
}
