using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>The goroutine as a synchronization context: its inbox, and how it handles managed waits.</summary>
internal abstract partial class G
{
    /// <summary>Whether an await on this thread resumes in a goroutine. The library's own awaits use it: outside goroutines they never
    /// capture the caller's context or scheduler, which may be blocked until they complete.</summary>
    internal static bool IsCurrentContext => Current is G;

    /// <summary>Queues <paramref name="d"/> to run as part of this goroutine, never in parallel with its body.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        AddToInbox(new InboxItem(d, state));
    }

    /// <summary>Runs <paramref name="d"/> as part of this goroutine and waits until it has run.</summary>
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
    /// For how many milliseconds nothing else runs where schedules are explored. Most waits are for a lock of the framework
    /// that some outside thread holds for a moment; if others went on then, the schedule would depend on that moment.
    /// </summary>
    private const int ExploredPatience = 100;

    /// <summary>How often to look whether a goroutine that has its turn is at the end of it: for some microseconds.</summary>
    [ModelValue(1)]
    private static int LooksAtBusy => 16;

    /// <summary>Called when a managed wait (a contended lock, <c>Task.Wait</c> …) is about to block the thread: the P continues without
    /// it.</summary>
    public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        M? m = M.Current;
        if (m is null || !ReferenceEquals(m.CurrentG, this) || m.IsWaiting || !(m.HasP || m.IsInBlockingRegion) || millisecondsTimeout == 0)
        {
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        }

        Debug.Assert(!m.IsCommitting, "The scheduler waits in the framework between two turns.");
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

        bool hadP = m.BeginWait();
        try
        {
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        }
        finally
        {
            m.EndWait(hadP, mayHoldLock: true);
        }
    }

    /// <summary>Posts a continuation that may run anywhere, if the goroutine rests or is queued. Its next turn begins with the continuation.</summary>
    /// <returns><see langword="false"/> if its thread is busy, perhaps waiting for this very continuation.</returns>
    internal bool TryPostAtRest(ForeignContinuation continuation)
    {
        bool mine = ReferenceEquals(M.Current?.CurrentG, this);
        for (int look = 0; !Scheduler.IsStopping; look++)
        {
            if (TryReady())
            {
                // The coming turn is not queued yet, so it finds this item.
                Push(InboxItem.Anywhere(continuation));
                Scheduler.Enqueue(this);
                return true;
            }

            if (Status == GStatus.Runnable)
            {
                PostToQueued(continuation);
                return true;
            }

            // A stale wake-up gives it a turn in which there is nothing to run. That is over at once, unless its thread has lost its core.
            if (mine || look == LooksAtBusy)
            {
                return false;
            }

            if (look < LooksAtBusy / 2)
            {
                Thread.SpinWait(8);
            }
            else
            {
                Thread.Yield();
            }
        }

        return false;
    }

    /// <summary>Posts a continuation that may run anywhere to a goroutine that is queued. If its turn has begun meanwhile, it may miss the item, and
    /// its body may wait for it; sysmon then moves it out.</summary>
    internal void PostToQueued(ForeignContinuation continuation)
    {
        Push(InboxItem.Anywhere(continuation));
        if (IsResting(Volatile.Read(ref _status)) && TryReady())
        {
            Scheduler.Enqueue(this); // its turn was over before the item came
        }
    }

    /// <summary>Called by sysmon in a turn that lasts long: lets what the turn has missed run on the thread pool.</summary>
    private void MoveAnywhereOutOfInbox()
    {
        if (_inbox is null)
        {
            return;
        }

        InboxItem? ordered = null;
        for (InboxItem? list = Interlocked.Exchange(ref _inbox, null); list is not null;)
        {
            InboxItem? next = list.Next;
            if (list.RunsAnywhere)
            {
                ((ForeignContinuation)list.State!).RunOnPool();
            }
            else
            {
                list.Next = ordered; // oldest first
                ordered = list;
            }

            list = next;
        }

        if (ordered is not null)
        {
            PutBack(ordered);
            Ready(); // its turn may have ended while its inbox was empty
        }
    }

    private void AddToInbox(InboxItem item)
    {
        Push(item);

        // The CAS on the list is the poster's full fence; see Commit.
        int status = Volatile.Read(ref _status);
        if (IsResting(status) && TryReadyResting(status))
        {
            Scheduler.Enqueue(this);
        }
    }

    private void Push(InboxItem item)
    {
        InboxItem? head;
        do
        {
            head = Volatile.Read(ref _inbox);
            item.Next = head;
        }
        while (Interlocked.CompareExchange(ref _inbox, item, head) != head);
    }

    /// <summary>Takes what was posted into <see cref="M.InboxRest"/>, and runs those items that may run anywhere: a body that
    /// continues in this turn may look for the result of such an item until it is there.</summary>
    private void OpenInbox(M m)
    {
        // The list is newest first; run the items oldest first.
        InboxItem? list = Interlocked.Exchange(ref _inbox, null);
        InboxItem? ordered = null;
        InboxItem? anywhere = null;
        while (list is not null)
        {
            InboxItem? next = list.Next;
            ref InboxItem? head = ref list.RunsAnywhere ? ref anywhere : ref ordered;
            list.Next = head;
            head = list;
            list = next;
        }

        if (anywhere is not null)
        {
            InboxItem last = anywhere;
            while (last.Next is { } after)
            {
                last = after;
            }

            last.Next = ordered;
            m.InboxRest = anywhere;
            while (m.InboxRest is { RunsAnywhere: true })
            {
                RunFirst(m);
            }
        }
        else
        {
            m.InboxRest = ordered;
        }
    }

    private void RunInbox(M m)
    {
        while (m.InboxRest is not null)
        {
            RunFirst(m);
        }
    }

    private void RunFirst(M m)
    {
        InboxItem item = m.InboxRest!;
        m.InboxRest = item.Next;
        if (item.RunsAnywhere && item.State is ForeignContinuation { GoesAside: true } foreign)
        {
            m.PutAside(foreign.ToAside());
            return;
        }

        SetSynchronizationContext(this);
        try
        {
            item.Callback(item.State);
        }
        catch (Exception exception)
        {
            Scheduler.Panics.Panic(this, exception);
        }

        // What a callback changed must not reach the next callback.
        if (!ReferenceEquals(ExecutionContext.Capture(), Scheduler.DefaultContext))
        {
            RestoreContext();
        }
    }

    /// <summary>The thread of <paramref name="m"/> leaves its turn: puts back what it has taken out of the inbox.</summary>
    private void ReturnInboxRest(M m)
    {
        InboxItem? rest = m.InboxRest;
        m.InboxRest = null;
        PutBack(rest);
    }

    /// <summary>Puts callbacks, oldest first, back into the inbox, ahead of what has been posted since.</summary>
    private void PutBack(InboxItem? rest)
    {
        if (rest is null)
        {
            return;
        }

        InboxItem? oldest = null; // the list is newest first
        while (rest is not null)
        {
            InboxItem? next = rest.Next;
            rest.Next = oldest;
            oldest = rest;
            rest = next;
        }

        do
        {
            if (Interlocked.Exchange(ref _inbox, null) is { } newer)
            {
                InboxItem last = newer;
                while (last.Next is { } after)
                {
                    last = after;
                }

                last.Next = oldest;
                oldest = newer;
            }
        }
        while (Interlocked.CompareExchange(ref _inbox, oldest, null) is not null);
    }
}

/// <summary>A callback that was posted to a goroutine.</summary>
internal sealed class InboxItem(SendOrPostCallback callback, object? state, bool runsAnywhere = false)
{
    internal readonly SendOrPostCallback Callback = callback;
    internal readonly object? State = state;
    internal readonly bool RunsAnywhere = runsAnywhere;
    internal InboxItem? Next;

    /// <summary>Creates the item of a continuation that may run in any place.</summary>
    internal static InboxItem Anywhere(ForeignContinuation continuation) => new(ForeignContinuation.InvokeCallback, continuation, runsAnywhere: true);
}
