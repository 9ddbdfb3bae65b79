namespace Goroutines.Scheduler;

/// <summary>The goroutine as a synchronization context: its inbox, and what it does about managed waits.</summary>
internal abstract partial class G
{
    /// <summary>Whether an await on this thread comes back to a goroutine. The library's own awaits go by it: outside of goroutines they
    /// never ask for the caller's context or scheduler, which may be blocked until they are over.</summary>
    internal static bool IsCurrentContext => Current is G;

    /// <summary>Queues <paramref name="d"/> to run as part of this goroutine, never in parallel with its body.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        AddToInbox(new InboxItem(d, state));
    }

    /// <summary>Runs <paramref name="d"/> as part of this goroutine and waits for it.</summary>
    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (ReferenceEquals(M.Current?.CurrentG, this))
        {
            d(state);
            return;
        }

        if (Scheduler.IsStopping)
        {
            throw Scheduler.Stopped();
        }

        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            _ =>
            {
                try
                {
                    d(state);
                    done.SetResult();
                }
                catch (Exception exception)
                {
                    done.SetException(exception);
                }
            },
            null);
        ThreadWait.Wait(new ValueTask(done.Task));
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>
    /// For how many milliseconds nobody else runs where schedules are explored: most waits are for a lock of the framework that
    /// some thread outside holds for a moment, and letting others go on then would make the schedule depend on that moment.
    /// </summary>
    private const int ExploredPatience = 100;

    /// <summary>A managed wait (a contended lock, <c>Task.Wait</c> …) is about to block the thread: the P goes on without it.</summary>
    public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        M? m = M.Current;
        if (m is null || !m.HasP || !ReferenceEquals(m.CurrentG, this) || millisecondsTimeout == 0)
        {
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        }

        if (Scheduler.IsExplored)
        {
            int patience = millisecondsTimeout < 0 ? ExploredPatience : Math.Min(ExploredPatience, millisecondsTimeout);
            int woken = WaitHelper(waitHandles, waitAll, patience);
            if (woken != WaitHandle.WaitTimeout || patience == millisecondsTimeout)
            {
                return woken;
            }

            millisecondsTimeout -= millisecondsTimeout < 0 ? 0 : patience;
        }

        m.EnterBlocking(handOff: true);
        try
        {
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        }
        finally
        {
            m.ExitBlocking(mayHoldLock: true);
        }
    }

    internal void SetRunningStatus(GStatus status) => Volatile.Write(ref _status, (int)status);

    private void AddToInbox(InboxItem item)
    {
        InboxItem? head;
        do
        {
            head = Volatile.Read(ref _inbox);
            item.Next = head;
        }
        while (Interlocked.CompareExchange(ref _inbox, item, head) != head);

        // The CAS on the list is the poster's full fence; see Commit.
        int status = Volatile.Read(ref _status);
        if ((status == (int)GStatus.Waiting || status == (int)GStatus.Dead)
            && Interlocked.CompareExchange(ref _status, (int)GStatus.Runnable, status) == status)
        {
            Scheduler.Enqueue(this);
        }
    }

    private void RunInbox()
    {
        // Newest first in the list; run oldest first.
        InboxItem? list = Interlocked.Exchange(ref _inbox, null);
        InboxItem? ordered = null;
        while (list is not null)
        {
            InboxItem? next = list.Next;
            list.Next = ordered;
            ordered = list;
            list = next;
        }

        for (; ordered is not null; ordered = ordered.Next)
        {
            SetSynchronizationContext(this);
            try
            {
                ordered.Callback(ordered.State);
            }
            catch (Exception exception)
            {
                Scheduler.Panic(this, exception);
            }
        }
    }

    private sealed class InboxItem(SendOrPostCallback callback, object? state)
    {
        internal readonly SendOrPostCallback Callback = callback;
        internal readonly object? State = state;
        internal InboxItem? Next;
    }
}
