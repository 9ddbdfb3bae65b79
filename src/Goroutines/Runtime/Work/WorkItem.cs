namespace Goroutines.Runtime;

/// <summary>Something that a worker runs once and that is not a goroutine: foreign code that knows nothing of goroutines, such as a
/// server's.</summary>
/// <remarks>
/// <para>
/// It goes through the run queues like a goroutine, so it shares the Ps fairly with all others, is stolen, and wakes workers. But while it
/// runs, there is no current goroutine and no current <see cref="SynchronizationContext"/>. So what it awaits continues as it would on the
/// thread pool, and code that blocks its thread (<c>.Result</c>) waits for nothing that only this item could run. Sysmon sees a thread that
/// sleeps or computes in an item as it sees one in a goroutine, and puts another P beside it.
/// </para>
/// <para>
/// An item may be queued again while an earlier run of it is still on the stack of a thread that has blocked. The owner makes sure that
/// it is in at most one queue: it queues the item only after it has won a claim, which the run itself releases again.
/// </para>
/// <para>
/// It derives from <see cref="G"/> for the links of the queues, and uses nothing else of it: it has no turns, no status and no registry entry,
/// and does not count as a goroutine. Rejected: an interface beside <see cref="G"/> in the queues, which would cost every goroutine a type check.
/// The one check that exists is behind the test for a binding (<c>M.RunNext</c>), which goroutines without a binding already pass.
/// </para>
/// </remarks>
internal abstract class WorkItem : G, IThreadPoolWorkItem
{
    private static readonly Action s_body = static () => { };

    private protected WorkItem(Scheduler scheduler)
        : base(scheduler, 0, null, 0)
    {
        _ = TakeContext();
        BindToItself();
    }

    internal override Delegate Body => s_body;

    /// <summary>Queues the item: on the calling worker's P, or in the global queue. In a stopped runtime it runs on the thread pool.</summary>
    internal void Queue() => Scheduler.Enqueue(this);

    /// <summary>Queues the item behind all others of the calling worker, and wakes no worker for it. If the caller then blocks or computes, sysmon has
    /// another worker run the item.</summary>
    /// <returns><see langword="true"/> if it is queued; <see langword="false"/> if the caller is no worker of this runtime with a P.</returns>
    internal bool TryQueueBehind()
    {
        if (Scheduler.CurrentP is not { } p)
        {
            return false;
        }

        p.Trace?.Ready(this);
        p.Queue.PushBack(this, Scheduler);
        return true;
    }

    /// <summary>Runs the item on the thread pool, because its runtime has no workers any more.</summary>
    internal void RunElsewhere()
    {
#pragma warning disable RS0030 // the runtime has no workers any more
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#pragma warning restore RS0030
    }

    /// <summary>Runs the item on a worker, and undoes what it has changed in the thread's execution context.</summary>
    internal void Run()
    {
        try
        {
            Execute();
        }
        catch (Exception exception)
        {
            // Continuations of the compiler's state machines never throw; a hand-written awaiter's may.
            Scheduler.Panics.Panic(this, exception);
        }

        if (!ReferenceEquals(ExecutionContext.Capture(), Scheduler.DefaultContext))
        {
            RestoreContext();
        }
    }

    void IThreadPoolWorkItem.Execute() => Execute();

    /// <summary>Does the work. It may block its thread.</summary>
    private protected abstract void Execute();
}
