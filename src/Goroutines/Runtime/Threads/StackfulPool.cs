namespace Goroutines.Runtime;

/// <summary>The threads of a runtime's stackful goroutines: reused, retired when idle, and bounded.</summary>
/// <remarks>
/// <para><b>When a goroutine gets its thread.</b> Not when it is spawned, but when it is its turn: until then its binding is this pool.
/// A thread whose goroutine has ended takes the next one from the queue of the P that it holds, and runs it at once, so that bodies
/// that never park go through on one thread, one after the other, without a hand-over. Only where a worker, or a thread whose body
/// parks, finds a new goroutine in the queue does another thread get it (<see cref="TryAssign"/>): an idle one, or a new one.</para>
/// <para><b>What a system without threads does.</b> A spawn sees to it that there is an idle thread, unless all that are allowed are
/// there, and fails if the system refuses it one. So as a rule the spawner is told. Where the refusal comes later, at the goroutine's
/// turn, the goroutine waits for a thread as it does when all allowed are taken; sysmon tries again (<see cref="TakeRefused"/>).</para>
/// <para><b>Ends.</b> Whether the runtime is stopped is asked under <c>_lock</c> before a goroutine is given to a thread or to the queue of
/// waiting ones. The thread that ends comes off the idle list under the same lock before it looks whether it was given a goroutine for
/// the last time, and the one that abandons the waiting ones takes them out under it. So each goroutine is found by one of them.</para>
/// <para>All fields are owned by <c>_lock</c>, but that <c>_idle</c> is also looked at without it. No framework lock: a thread that parks
/// comes here in the middle of it, its status stored already. A contended framework lock tells the goroutine, as the current context, of
/// the wait, which would give the P away and store another status: nobody would wake it any more.</para>
/// </remarks>
internal sealed class StackfulPool(Scheduler scheduler, int stackSize)
{
    private readonly HashSet<StackfulThread> _threads = [];
    private SpinMutex _lock;
    private StackfulThread? _idle;
    private ThreadG? _firstWaiting;
    private ThreadG? _lastWaiting;
    private int _nextId;
    private int _count;
    private volatile bool _anyRefused;

    /// <summary>Starts a thread; replaced in tests to see what a system that refuses one does.</summary>
    internal Action<StackfulThread, int> StartThread { get; set; } = static (thread, size) => thread.Start(size);

    /// <summary>Whether no goroutine starts any more. A test that directs the scheduler decides that itself.</summary>
    private bool IsStopped => scheduler.IsStopping && scheduler.Driver is null;

    /// <summary>How many threads there are. Read without the lock.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal StackfulThread[] Threads
    {
        get
        {
            _lock.Enter();
            try
            {
                return [.. _threads];
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    /// <summary>Sees to an idle thread for a goroutine that is about to be queued, unless all the threads allowed are there.</summary>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    internal void EnsureIdle()
    {
        if (Volatile.Read(ref _idle) is not null)
        {
            return;
        }

        StackfulThread? thread;
        _lock.Enter();
        try
        {
            if (_idle is not null || (thread = TryAddThread()) is null)
            {
                return;
            }
        }
        finally
        {
            _lock.Exit();
        }

        Start(thread);
        _lock.Enter();
        try
        {
            PutIdle(thread);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>It is the turn of a new goroutine, and the caller can't run it: finds it a thread.</summary>
    /// <returns>false: it waits for one, or was abandoned because the runtime was stopped.</returns>
    internal bool TryAssign(ThreadG g)
    {
        StackfulThread? thread;
        bool isNew = false;
        bool stopped;
        _lock.Enter();
        try
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
        finally
        {
            _lock.Exit();
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
            _lock.Enter();
            try
            {
                _anyRefused = true;
                waits = !IsStopped;
                if (waits)
                {
                    AddWaiting(g);
                }
            }
            finally
            {
                _lock.Exit();
            }

            if (!waits)
            {
                scheduler.AbandonUnstarted(g);
            }

            return false;
        }
    }

    /// <summary>A thread without a goroutine, which holds a P, has come to <paramref name="g"/>: the one that it runs now. That is another
    /// one where some wait for a thread longer.</summary>
    internal void TakeTurn(StackfulThread thread, ThreadG g)
    {
        _lock.Enter();
        try
        {
            if (_firstWaiting is not null)
            {
                AddWaiting(g);
                g = PopWaiting()!;
            }

            thread.Take(g);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Whether goroutines wait because the system refused a thread. For sysmon, which may see it late.</summary>
    internal bool AnyRefused => _anyRefused;

    /// <summary>Takes a goroutine out that waits since the system refused a thread, and may be luckier now.</summary>
    internal ThreadG? TakeRefused()
    {
        _lock.Enter();
        try
        {
            if (_idle is null && !scheduler.Threads.Allows(_threads.Count))
            {
                return null;
            }

            ThreadG? first = PopWaiting();
            _anyRefused = _firstWaiting is not null;
            return first;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>A thread's goroutine has ended: it takes one that waits for a thread, which is queued, or becomes idle.</summary>
    internal void Finished(StackfulThread thread)
    {
        ThreadG? next;
        _lock.Enter();
        try
        {
            next = PopWaiting();
            if (next is null)
            {
                PutIdle(thread);
                return;
            }

            thread.Take(next);
        }
        finally
        {
            _lock.Exit();
        }

        thread.P!.Queue.PushBack(next, scheduler);
    }

    /// <summary>An idle thread's time is up.</summary>
    /// <returns><see langword="false"/>: it was given a goroutine at the last moment.</returns>
    internal bool TryRetire(StackfulThread thread)
    {
        _lock.Enter();
        try
        {
            if (!thread.IsIdle)
            {
                return false;
            }

            RemoveIdle(thread);
            return Remove(thread);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>A thread ends because the runtime was stopped: it is given no goroutine any more.</summary>
    internal void Leave(StackfulThread thread)
    {
        _lock.Enter();
        try
        {
            if (thread.IsIdle)
            {
                RemoveIdle(thread);
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    internal void Exited(StackfulThread thread)
    {
        _lock.Enter();
        try
        {
            Remove(thread);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Adds the goroutines that wait for a thread, for dumps.</summary>
    internal void CopyWaiting(List<G> list)
    {
        _lock.Enter();
        try
        {
            for (ThreadG? g = _firstWaiting; g is not null; g = g.NextWaiting)
            {
                list.Add(g);
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>The runtime has been stopped: a goroutine that will get no thread any more.</summary>
    internal ThreadG? TakeWaiting()
    {
        _lock.Enter();
        try
        {
            return PopWaiting();
        }
        finally
        {
            _lock.Exit();
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
        _count = _threads.Count;
        return thread;
    }

    private bool Remove(StackfulThread thread)
    {
        bool removed = _threads.Remove(thread);
        Volatile.Write(ref _count, _threads.Count);
        return removed;
    }

    private void PutIdle(StackfulThread thread)
    {
        thread.NextIdle = _idle;
        if (_idle is { } next)
        {
            next.PreviousIdle = thread;
        }

        thread.IsIdle = true;
        Volatile.Write(ref _idle, thread);
    }

    private StackfulThread? TakeIdle()
    {
        StackfulThread? thread = _idle;
        if (thread is not null)
        {
            RemoveIdle(thread);
        }

        return thread;
    }

    private void RemoveIdle(StackfulThread thread)
    {
        if (thread.PreviousIdle is { } previous)
        {
            previous.NextIdle = thread.NextIdle;
        }
        else
        {
            _idle = thread.NextIdle;
        }

        if (thread.NextIdle is { } next)
        {
            next.PreviousIdle = thread.PreviousIdle;
        }

        thread.NextIdle = null;
        thread.PreviousIdle = null;
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
        using WithoutContext _ = WithoutContext.Begin();
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
        _lock.Enter();
        try
        {
            Remove(thread);
            others = _threads.Count;
        }
        finally
        {
            _lock.Exit();
        }

        return new InvalidOperationException(
            $"The system refused a thread for a synchronous goroutine; the runtime \"{scheduler.Name}\" has {others} of them. {why} "
            + "Raise the system's limit (ulimit -u, the container's pids limit, kernel.threads-max, vm.max_map_count), "
            + $"or set MaxThreads (now {scheduler.Threads.Most}) below it, so that further goroutines wait for a thread.",
            inner);
    }
}
