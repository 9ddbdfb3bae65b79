namespace Goroutines.Runtime;

/// <summary>The threads of a runtime's stackful goroutines: reused, retired when idle, and bounded.</summary>
/// <remarks>All fields are owned by <c>_lock</c>.</remarks>
internal sealed class StackfulPool(Scheduler scheduler, int stackSize)
{
    private readonly HashSet<StackfulThread> _threads = [];
    private readonly Lock _lock = new();
    private StackfulThread? _idle;
    private ThreadG? _firstWaiting;
    private ThreadG? _lastWaiting;
    private int _nextId;

    /// <summary>Starts a thread; replaced in tests to see what a system that refuses one does.</summary>
    internal Action<StackfulThread, int> StartThread { get; set; } = static (thread, size) => thread.Start(size);

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

    /// <summary>Finds a thread for a new goroutine.</summary>
    /// <returns><see langword="false"/>: all threads allowed are taken; the goroutine is queued when one comes free.</returns>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    internal bool TryAssign(ThreadG g)
    {
        StackfulThread? thread;
        bool isNew = false;
        lock (_lock)
        {
            thread = _idle;
            if (thread is not null)
            {
                _idle = thread.NextIdle;
                thread.NextIdle = null;
                thread.IsIdle = false;
            }
            else if (scheduler.Threads.Allows(_threads.Count))
            {
                thread = new StackfulThread(scheduler, ++_nextId);
                _threads.Add(thread);
                isNew = true;
            }
            else
            {
                AddWaiting(g);
                return false;
            }
        }

        thread.Assigned = g;
        g.LockedM = thread;
        if (isNew)
        {
            Start(thread);
        }

        return true;
    }

    /// <summary>Takes the thread of a goroutine back that was never queued.</summary>
    /// <returns>false if the thread has abandoned the goroutine, because the runtime was stopped.</returns>
    internal bool TryUnassign(ThreadG g)
    {
        StackfulThread thread = (StackfulThread)g.LockedM!;
        if (Interlocked.CompareExchange(ref thread.Assigned, null, g) != g)
        {
            return false;
        }

        lock (_lock)
        {
            thread.NextIdle = _idle;
            thread.IsIdle = true;
            _idle = thread;
        }

        return true;
    }

    /// <summary>A thread's goroutine has ended: it takes one that waits for a thread, which is queued, or becomes idle.</summary>
    internal void Finished(StackfulThread thread)
    {
        ThreadG? next;
        lock (_lock)
        {
            next = PopWaiting();
            if (next is null)
            {
                thread.NextIdle = _idle;
                thread.IsIdle = true;
                _idle = thread;
                return;
            }
        }

        thread.Assigned = next;
        next.LockedM = thread;
        next.WaitsForThread = false;
        thread.P!.Queue.PushBack(next, scheduler);
    }

    /// <summary>An idle thread's time is up.</summary>
    /// <returns><see langword="false"/>: it was given a goroutine at the last moment.</returns>
    internal bool TryRetire(StackfulThread thread)
    {
        lock (_lock)
        {
            if (!thread.IsIdle)
            {
                return false;
            }

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

            thread.IsIdle = false;
            return _threads.Remove(thread);
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

    /// <summary>The runtime has been stopped: a goroutine that will get no thread any more.</summary>
    internal ThreadG? TakeWaiting()
    {
        lock (_lock)
        {
            return PopWaiting();
        }
    }

    /// <summary>Takes a goroutine back that waits for a thread.</summary>
    internal bool TryRemoveWaiting(ThreadG g)
    {
        lock (_lock)
        {
            for (ThreadG? before = null, at = _firstWaiting; at is not null; before = at, at = at.NextWaiting)
            {
                if (ReferenceEquals(at, g))
                {
                    if (before is null)
                    {
                        _firstWaiting = at.NextWaiting;
                    }
                    else
                    {
                        before.NextWaiting = at.NextWaiting;
                    }

                    _lastWaiting = ReferenceEquals(_lastWaiting, at) ? before : _lastWaiting;
                    at.NextWaiting = null;
                    return true;
                }
            }

            return false;
        }
    }

    private ThreadG? PopWaiting()
    {
        ThreadG? next = _firstWaiting;
        if (next is not null)
        {
            _firstWaiting = next.NextWaiting;
            _lastWaiting = _firstWaiting is null ? null : _lastWaiting;
            next.NextWaiting = null;
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
