namespace Goroutines.Runtime;

/// <summary>The end of a goroutine whose runtime was stopped before its body had ended. See the essay in Scheduler.Stop.cs.</summary>
internal abstract partial class G
{
    /// <summary>Whether the end of its runtime, rather than of its body, ended the goroutine. This is no failure of the body, so no
    /// panic is reported.</summary>
    internal bool WasAbandoned => (_life & Life.Abandoned) != 0;

    /// <summary>Abandons the goroutine if it is parked. One with a stack of its own unwinds instead.</summary>
    internal bool TryAbandonParked()
        => !IsStackful
            && Interlocked.CompareExchange(ref _status, (int)GStatus.Dead, (int)GStatus.Waiting) == (int)GStatus.Waiting
            && Abandon();

    /// <summary>Abandons the goroutine, which the caller has removed from a queue for good.</summary>
    /// <returns>false if it continues somewhere, or had ended before.</returns>
    internal bool AbandonQueued()
    {
        if (_binding is SideTurns side)
        {
            if (!TakeFromQueue())
            {
                return false; // a thread has its turn
            }

            if (side.Pop() is { } returning)
            {
                SideTurns.Grant(returning);
                return false;
            }

            if (side.Blocked == 0 && !HasEnded)
            {
                return Abandon();
            }
        }
        else if (!HasEnded)
        {
            return Abandon();
        }

        GoOnElsewhere();
        return false;
    }

    /// <summary>Ends a goroutine that the caller has to itself and that no worker will run any more.</summary>
    /// <returns>false if its body had ended before and it was queued only to run a callback that had been posted to it.</returns>
    internal bool Abandon()
    {
        Volatile.Write(ref _status, (int)GStatus.Dead);
        if (HasEnded)
        {
            return false;
        }

        _life = Life.Ended | Life.Abandoned;
        LetGo(everything: false);
        if (_registrySlot >= 0)
        {
            Scheduler.Registry.Remove(_registrySlot, this);
            _registrySlot = -1;
        }

        // Drop what would have continued, with all that it holds.
        WaitSource? parkedOn = _parkedOn;
        _parkedOn = null;
        _continuation = null;
        _continuationState = null;
        parkedOn?.Abandon();
        ObjectDisposedException stopped = Scheduler.Stopped();
        ReportFailure(stopped);
        Deliver(stopped);
        return true;
    }

    /// <summary>Called by the holder of the last turn there is: what would run in it, and in later ones, runs on the thread pool.</summary>
    private void GoOnElsewhere()
    {
        while (true)
        {
            LetGo(everything: !WasAbandoned);
            if (_binding is SideTurns side)
            {
                if (!GiveTurnUp(side))
                {
                    return;
                }
            }
            else
            {
                Interlocked.Exchange(ref _status, (int)GStatus.Dead); // pairs with the CAS in Ready and Post, as in Commit
                if (_inbox is null || WasAbandoned || !TryTakeTurn())
                {
                    return;
                }
            }
        }
    }

    /// <summary>Moves to the thread pool what may run anywhere.</summary>
    /// <param name="everything">Whether to move what would have come back to this goroutine as well.</param>
    private void LetGo(bool everything)
    {
        if (_slotKind != SlotOwn)
        {
            FreeSlot();
        }
        else if (everything && _continuation is not null)
        {
            _slotKind = SlotLocked;
            MoveOutOfSlot();
        }

        InboxItem? rest = null;
        for (InboxItem? item = Interlocked.Exchange(ref _inbox, null); item is not null;)
        {
            InboxItem? next = item.Next;
            if (everything || item.RunsAnywhere)
            {
#pragma warning disable RS0030 // the runtime has no workers any more
                ThreadPool.UnsafeQueueUserWorkItem(static item => item.Callback(item.State), item, preferLocal: false);
#pragma warning restore RS0030
            }
            else if (WasAbandoned)
            {
                (item.State as ForeignContinuation)?.GiveBack(); // it will not continue
            }
            else
            {
                item.Next = rest;
                rest = item;
            }

            item = next;
        }

        PutBack(rest);
    }

    /// <summary>Records that the body was unwound because its runtime was stopped. The exception that it threw is no panic.</summary>
    private protected void MarkUnwound() => _life |= Life.Abandoned;
}
