namespace Goroutines.Runtime;

/// <summary>The threads of a runtime's stackful goroutines: reused, retired when idle, and bounded.</summary>
/// <remarks>
/// <para><b>When a goroutine gets its thread.</b> Not when it is spawned, but when its turn comes: until then it is bound to this pool. A
/// thread whose goroutine has ended takes the next one from the queue of the P that it holds and runs it at once. So bodies that never park
/// run on one thread, one after the other, without a hand-over. Only if a worker, or a thread whose body parks, finds a new goroutine in
/// the queue does another thread get it (<see cref="TryAssign"/>): an idle one, or a new one.</para>
/// <para><b>What happens when the system has no threads.</b> A spawn makes sure that there is an idle thread, unless all allowed threads
/// exist, and fails if the system refuses it one. So usually the spawner gets the exception. If the refusal comes later, at the goroutine's
/// turn, the goroutine waits for a thread as it does when all allowed threads are taken, and sysmon tries again
/// (<see cref="TakeRefused"/>).</para>
/// <para><b>Ends.</b> Before a goroutine is given to a thread or to the queue of waiting ones, whether the runtime is stopped is checked
/// under <c>_lock</c>. A thread that ends leaves the idle list under the same lock before it checks for the last time whether it was given
/// a goroutine. The thread that abandons the waiting goroutines removes them under that lock. So each goroutine is found by one of
/// them.</para>
/// <para><c>_lock</c> owns all fields; <c>_idle</c> is also read without it.</para>
/// </remarks>
internal sealed class StackfulPool(Scheduler scheduler, int stackSize)
{
    private readonly HashSet<StackfulThread> _threads = [];
    private readonly Lock _lock = new();
    private StackfulThread? _idle;
    private ThreadG? _firstWaiting;
    private ThreadG? _lastWaiting;
    private int _nextId;
    private volatile bool _anyRefused;

    /// <summary>Starts a thread. Tests replace it to see what happens on a system that refuses one.</summary>
    internal Action<StackfulThread, int> StartThread { get; set; } = static (thread, size) => thread.Start(size);

    /// <summary>Whether goroutines no longer start. A test that directs the scheduler decides that itself.</summary>
    private bool IsStopped => scheduler.IsStopping && scheduler.Driver is null;

    internal StackfulThread[] Threads
    {
        get
        {
            lock (_lock)
            {
                return [.. _threads];
            }
        }
    }

    /// <summary>Makes sure that there is an idle thread for a goroutine that is about to be queued, unless all allowed threads exist.</summary>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    internal void EnsureIdle()
    {
        if (Volatile.Read(ref _idle) is not null)
        {
            return;
        }

        StackfulThread? thread;
        lock (_lock)
        {
            if (_idle is not null || (thread = TryAddThread()) is null)
            {
                return;
            }
        }

        Start(thread);
        lock (_lock)
        {
            PutIdle(thread);
        }
    }

    /// <summary>Finds a thread for a new goroutine whose turn has come and that the caller can't run.</summary>
    /// <returns>false if it waits for a thread, or was abandoned because the runtime was stopped.</returns>
    internal bool TryAssign(ThreadG g)
    {
        StackfulThread? thread;
        bool isNew = false;
        bool stopped;
        lock (_lock)
        {
            stopped = IsStopped;
            thread = stopped ? null : TakeIdle();
            if (thread is null && !stopped)
            {
                thread = TryAddThread();
                isNew = thread is not null;
            }

            if (thread is not null)
            {
                thread.Take(g);
            }
            else if (!stopped)
            {
                AddWaiting(g);
            }
        }

        if (stopped)
        {
            scheduler.AbandonUnstarted(g);
        }

        if (!isNew)
        {
            return thread is not null;
        }

        try
        {
            Start(thread!);
            return true;
        }
        catch (InvalidOperationException)
        {
            thread!.Assigned = null;
            g.AwaitThreadOf(this);
            bool waits;
            lock (_lock)
            {
                _anyRefused = true;
                waits = !IsStopped;
                if (waits)
                {
                    AddWaiting(g);
                }
            }

            if (!waits)
            {
                scheduler.AbandonUnstarted(g);
            }

            return false;
        }
    }

    /// <summary>Called when a thread without a goroutine, which holds a P, has come to <paramref name="g"/>: gives the thread a goroutine
    /// to run now. That is another goroutine if some have waited longer for a thread.</summary>
    internal void TakeTurn(StackfulThread thread, ThreadG g)
    {
        lock (_lock)
        {
            if (_firstWaiting is not null)
            {
                AddWaiting(g);
                g = PopWaiting()!;
            }

            thread.Take(g);
        }
    }

    /// <summary>Whether goroutines wait because the system refused a thread. For sysmon, which may see it late.</summary>
    internal bool AnyRefused => _anyRefused;

    /// <summary>Removes and returns a goroutine that waits because the system refused it a thread; it may get one now.</summary>
    internal ThreadG? TakeRefused()
    {
        lock (_lock)
        {
            if (_idle is null && !scheduler.Threads.Allows(_threads.Count))
            {
                return null;
            }

            ThreadG? first = PopWaiting();
            _anyRefused = _firstWaiting is not null;
            return first;
        }
    }

    /// <summary>Called when a thread's goroutine has ended: the thread takes a goroutine that waits for a thread, which is
    /// queued, or becomes idle.</summary>
    internal void Finished(StackfulThread thread)
    {
        ThreadG? next;
        lock (_lock)
        {
            next = PopWaiting();
            if (next is null)
            {
                PutIdle(thread);
                return;
            }

            thread.Take(next);
        }

        thread.P!.Queue.PushBack(next, scheduler);
    }

    /// <summary>Called when an idle thread's time is up.</summary>
    /// <returns><see langword="false"/> if it was given a goroutine at the last moment.</returns>
    internal bool TryRetire(StackfulThread thread)
    {
        lock (_lock)
        {
            if (!thread.IsIdle)
            {
                return false;
            }

            RemoveIdle(thread);
            return _threads.Remove(thread);
        }
    }

    /// <summary>Called when a thread ends because the runtime was stopped: it gets no goroutine any more.</summary>
    internal void Leave(StackfulThread thread)
    {
        lock (_lock)
        {
            if (thread.IsIdle)
            {
                RemoveIdle(thread);
            }
        }
    }

    internal void Exited(StackfulThread thread)
    {
        lock (_lock)
        {
            _threads.Remove(thread);
        }
    }

    /// <summary>Adds the goroutines that wait for a thread, for dumps.</summary>
    internal void CopyWaiting(List<G> list)
    {
        lock (_lock)
        {
            for (ThreadG? g = _firstWaiting; g is not null; g = g.NextWaiting)
            {
                list.Add(g);
            }
        }
    }

    /// <summary>Returns, after the runtime has been stopped, a goroutine that will not get a thread any more.</summary>
    internal ThreadG? TakeWaiting()
    {
        lock (_lock)
        {
            return PopWaiting();
        }
    }

    private StackfulThread? TryAddThread()
    {
        if (!scheduler.Threads.Allows(_threads.Count))
        {
            return null;
        }

        StackfulThread thread = new(scheduler, ++_nextId);
        _threads.Add(thread);
        return thread;
    }

    private void PutIdle(StackfulThread thread)
    {
        thread.NextIdle = _idle;
        thread.IsIdle = true;
        Volatile.Write(ref _idle, thread);
    }

    private StackfulThread? TakeIdle()
    {
        StackfulThread? thread = _idle;
        if (thread is not null)
        {
            _idle = thread.NextIdle;
            thread.NextIdle = null;
            thread.IsIdle = false;
        }

        return thread;
    }

    private void RemoveIdle(StackfulThread thread)
    {
        StackfulThread? before = null;
        for (StackfulThread? at = _idle; !ReferenceEquals(at, thread); at = at!.NextIdle)
        {
            before = at;
        }

        if (before is null)
        {
            _idle = thread.NextIdle;
        }
        else
        {
            before.NextIdle = thread.NextIdle;
        }

        thread.NextIdle = null;
        thread.IsIdle = false;
    }

    private ThreadG? PopWaiting()
    {
        ThreadG? next = _firstWaiting;
        if (next is not null)
        {
            _firstWaiting = next.NextWaiting;
            _lastWaiting = _firstWaiting is null ? null : _lastWaiting;
            next.NextWaiting = null;
            next.WaitsForThread = false;
        }

        return next;
    }

    private void AddWaiting(ThreadG g)
    {
        g.WaitsForThread = true;
        if (_lastWaiting is null)
        {
            _firstWaiting = g;
        }
        else
        {
            _lastWaiting.NextWaiting = g;
        }

        _lastWaiting = g;
    }

    private void Start(StackfulThread thread)
    {
        if (!ThreadLimit.TryReserve(out string reached))
        {
            throw Refused(thread, $"There is no room for another one ({reached}).", null);
        }

        try
        {
            StartThread(thread, stackSize);
        }
        catch (Exception exception) when (ThreadSupply.IsRefusal(exception))
        {
            ThreadLimit.Release();
            throw Refused(thread, exception.Message, exception);
        }
    }

    private InvalidOperationException Refused(StackfulThread thread, string why, Exception? inner)
    {
        int others;
        lock (_lock)
        {
            _threads.Remove(thread);
            others = _threads.Count;
        }

        return new InvalidOperationException(
            $"The system refused a thread for a synchronous goroutine; the runtime \"{scheduler.Name}\" has {others} of them. {why} "
            + "Raise the system's limit (ulimit -u, the container's pids limit, kernel.threads-max, vm.max_map_count), "
            + $"or set MaxThreads (now {scheduler.Threads.Most}) below it, so that further goroutines wait for a thread.",
            inner);
    }
}
