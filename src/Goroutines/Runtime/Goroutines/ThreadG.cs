namespace Goroutines.Runtime;

/// <summary>A goroutine whose body is an ordinary synchronous method; in Go's terms, a goroutine locked to its M.</summary>
/// <remarks>
/// It has a pooled thread to itself from its first turn to its end (<see cref="StackfulPool"/>). In the run queues, statuses, waits and
/// reports it is like any other goroutine; only its turns differ. A worker that takes it from a queue hands its P to the thread
/// (<see cref="Scheduler.GiveTurn"/>) and parks. When the body waits, the thread commits the status as <see cref="G"/> does (Waiting
/// with a full fence, then one more look at the operation), hands the P on to whatever is next (<see cref="Scheduler.PassTurn"/>), and
/// sleeps on its note until it is given a P again.
/// </remarks>
internal abstract class ThreadG(Scheduler scheduler, long id, string? file, int line) : G(scheduler, id, file, line)
{
    /// <summary>Set when its turn came while all allowed threads were taken: it waits until one of them is free.</summary>
    internal volatile bool WaitsForThread;

    /// <summary>Link of the queue of goroutines that wait for a thread, owned by the pool's lock.</summary>
    internal ThreadG? NextWaiting;

    /// <summary>The operation that the body is about to park on. Own thread only.</summary>
    internal void ParkOn(WaitSource source) => SetParkedOn(source);

    /// <summary>Runs the body from beginning to end, on the goroutine's own thread, which has a P.</summary>
    internal void RunToEnd(StackfulThread thread)
    {
        SetRunningStatus(GStatus.Running);
        thread.P!.Trace?.TurnBegin(this);
        SetSynchronizationContext(this);
        Exception? failure = null;
        try
        {
            if (TakeContext() is { } context)
            {
                ExecutionContext.Run(context, static self => ((ThreadG)self!).CallBody(), this);
            }
            else
            {
                CallBody();
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (!ReferenceEquals(ExecutionContext.Capture(), Scheduler.DefaultContext))
        {
            RestoreContext();
        }

        SetSynchronizationContext(null);
        while (thread.IsInBlockingRegion)
        {
            thread.ExitBlocking(); // the body left a blocking region open
        }

        if (thread.HasP && !(Scheduler.IsStopping && Scheduler.Driver is not null))
        {
            if (Scheduler.IsStopping && failure is ObjectDisposedException)
            {
                MarkUnwound();
            }

            End(thread, failure);
            thread.P!.Trace?.TurnEnd(this, TraceEvent.Ended);
        }

        SetRunningStatus(GStatus.Dead);
    }

    /// <summary>Parks the body until <paramref name="wait"/> is over. On the goroutine's own thread, with a P before and after.</summary>
    internal void Park(StackfulThread thread, ThreadWait wait)
    {
        WaitSource? source = ParkedOn;
        try
        {
            while (!(source is not null ? source.IsOver : wait.IsSignalled))
            {
                thread.ThrowIfStopped(this);
                thread.NoteCommits(true);
                if (CommitWait(thread, source, wait))
                {
                    Scheduler.PassTurn(thread);
                    thread.AwaitTurn(this);
                }

                thread.NoteCommits(false);
                SetRunningStatus(GStatus.Running);
                thread.P?.Trace?.TurnBegin(this);
            }
        }
        catch (ObjectDisposedException) when (Scheduler.IsStopping)
        {
            thread.NoteCommits(false);
            SetRunningStatus(GStatus.Running);
            SetParkedOn(null);
            wait.Leave();
            source?.Abandon();
            throw;
        }

        SetParkedOn(null);
    }

    /// <summary>Yields at once (runtime.Gosched): the caller goes to the back of the queue and returns with its next turn.</summary>
    internal void YieldNow(StackfulThread thread)
    {
        thread.ThrowIfStopped(this);
        thread.P!.Trace?.TurnEnd(this, TraceEvent.Yielded);
        SetRunningStatus(GStatus.Runnable);
        thread.P!.Queue.PushBack(this, Scheduler);
        Scheduler.PassTurn(thread);
        thread.AwaitTurn(this);
        SetRunningStatus(GStatus.Running);
        thread.P?.Trace?.TurnBegin(this);
    }

    /// <summary>The body is synchronous and can't be interrupted, so what is posted runs on the thread pool.</summary>
    public sealed override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        ThreadPool.QueueUserWorkItem(static pair => pair.d(pair.state), (d, state), preferLocal: false);
    }

    public sealed override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        d(state);
    }

    private protected abstract void CallBody();

    /// <returns><see langword="false"/> if what it waits for has come meanwhile, so that the turn continues.</returns>
    private bool CommitWait(StackfulThread thread, WaitSource? source, ThreadWait wait)
    {
        thread.P!.Trace?.TurnEnd(this, (ushort)(source?.Reason ?? WaitReason.Task));
        StoreWaiting(source?.Reason ?? WaitReason.Task);
        bool over = source is not null ? source.HasNews : wait.IsSignalled;
        return !(over && TryTakeBack());
    }
}
