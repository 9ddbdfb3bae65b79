using System.Diagnostics;
using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The passes of a wait (runtime/select.go: <c>selectgo</c>).</summary>
/// <remarks>
/// Go locks every channel before its first pass. Here the first pass looks without locks, and locks only a channel that
/// looks ready. This select has queued nothing yet, so performing one case under its own channel's lock is a complete
/// operation. Only if nothing is ready does the wait lock all channels, in the order of their numbers, and look at them once
/// more (pass 1 proper). It then queues one waiter for each case and opens the select for claims (pass 2). The losers leave
/// their queues when the result is taken (pass 3), each under its own channel's lock, since by then the choice is final.
/// <para>
/// A select with default must not report that nothing was ready because it looked at its channels at different moments: even if
/// one of two channels is ready at any time, it may look at each when the other one is. The looks count as one if no channel was
/// changed between the start of the first look and the end of the last; the versions of the channels' locks show that.
/// Otherwise, a select with default also looks with all channels locked.
/// </para>
/// </remarks>
public sealed partial class Select
{
    private void BeginWait()
    {
        if (Interlocked.Exchange(ref _waiting, 1) != 0)
        {
            throw new InvalidOperationException("The select is waiting already: a Select is used by one goroutine at a time, and each wait is awaited once.");
        }

        if (_selected is { } last)
        {
            _selected = null;
            last.Selected = false;
            last.Arm?.Reset();
        }
    }

    private SelectCase CaseOf(SelectArm arm) => _cases.First(_count)[arm.Index];

    private void EndWait() => Volatile.Write(ref _waiting, 0);

    /// <summary>Looks at the cases one after another, each at a different moment.</summary>
    /// <param name="ready">The case that was performed.</param>
    private bool TryReady(out SelectCase? ready)
    {
        if (!OperationHooks.Any || !TryOrderByDriver())
        {
            Shuffle();
        }

        foreach (SelectArm candidate in _tryOrder.First(_listed))
        {
            if (candidate.LooksReady && candidate.TryPerform())
            {
                ready = CaseOf(candidate);
                return true;
            }
        }

        ready = null;
        return false;
    }

    /// <summary>Performs pass 1 proper: looks at all cases at one moment.</summary>
    /// <returns>true if a case was performed; false if no case was ready, and the channels are still locked.</returns>
    private bool TryReadyLocked(out SelectCase? ready)
    {
        while (true)
        {
            LockAll();
            Attempt attempt = TryEachLocked(out SelectArm? found);
            if (attempt == Attempt.WouldWait)
            {
                ready = null;
                return false;
            }

            UnlockAll();
            _locked = 0;
            if (attempt == Attempt.Done)
            {
                found!.FinishPartner();
                ready = CaseOf(found);
                return true;
            }

            found!.MakeRoom();
        }
    }

    /// <param name="found">The arm that performed its operation, or that needs memory.</param>
    private Attempt TryEachLocked(out SelectArm? found)
    {
        foreach (SelectArm candidate in _tryOrder.First(_listed))
        {
            Attempt attempt = candidate.TryPerformLocked();
            if (attempt != Attempt.WouldWait)
            {
                found = candidate;
                return attempt;
            }
        }

        found = null;
        return Attempt.WouldWait;
    }

    /// <summary>Adds up the versions of the channels' states.</summary>
    /// <returns>true if all could be read; false if a channel is being changed at this moment.</returns>
    private bool TryAddVersions(ref uint sum)
    {
        foreach (SelectArm candidate in _lockOrder.First(_listed))
        {
            if (!candidate.TryAddVersion(ref sum))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadyAtOneMoment(out SelectCase? ready)
    {
        if (TryReadyLocked(out ready))
        {
            return true;
        }

        UnlockAll();
        _locked = 0;
        return false;
    }

    private bool TryDueTimeout(out SelectCase? due)
    {
        if (HasTimeouts)
        {
            foreach (TimeoutCase timeout in _timeouts!)
            {
                if (timeout.IsDue)
                {
                    due = timeout;
                    return true;
                }
            }
        }

        due = null;
        return false;
    }

    private ValueTask<int> Park(CancellationToken cancellationToken)
    {
        SelectWait pending;
        try
        {
            pending = Pending;
            if (!_canPark)
            {
                MakeWaiters(pending);
            }

            if (TryReadyLocked(out SelectCase? ready))
            {
                return new ValueTask<int>(Conclude(ready!));
            }
        }
        catch (Exception exception)
        {
            EndWait();
            return ValueTask.FromException<int>(exception);
        }

        pending.Begin(M.Current?.CurrentG, _locked == 0 && !HasTimeouts ? WaitReason.SelectNoCases : WaitReason.Select);
        RaceHooks.Waits(pending);
        ValueTask<int> result = new(pending, pending.Version);
        foreach (SelectArm candidate in _tryOrder.First(_listed))
        {
            candidate.Enqueue(); // in random order, since a partner finds the first of several on one channel
        }

        pending.OpenForClaims();
        UnlockAll();
        try
        {
            foreach (SelectArm queued in _lockOrder.First(_locked))
            {
                queued.Announce();
            }

            if (HasTimeouts)
            {
                _timeouts!.ForEach(static timeout => timeout.StartTimer(GoRuntime.Current.Scheduler));
            }

            if (cancellationToken.CanBeCanceled)
            {
                pending.LinkCancellation(cancellationToken);
            }
        }
        catch (Exception exception) when (pending.TryWithdraw())
        {
            // A clock threw, or memory ran out: no case was performed, and the select can wait again.
            TakeDown(-1, reusable: true);
            return ValueTask.FromException<int>(exception);
        }
        catch (Exception)
        {
            // A case was performed before the exception: the wait is over, and ends as if nothing had gone wrong.
        }

        return result;
    }

    /// <summary>Gives each arm the waiter that it queues. Call without locks, since it allocates.</summary>
    private void MakeWaiters(SelectWait pending)
    {
        foreach (SelectArm arm in _tryOrder.First(_listed))
        {
            arm.MakeWaiter(pending);
        }

        _canPark = true;
    }

    /// <summary>Called when the waiting goroutine will never resume. The select is left as it is, since no caller can learn that its wait
    /// is over.</summary>
    internal void LeaveQueues()
    {
        foreach (SelectArm queued in _lockOrder.First(_locked))
        {
            queued.Dequeue();
        }
    }

    /// <summary>Performs pass 3: removes the losers from their queues. The awaiter calls it once.</summary>
    /// <param name="chosen">The index of the case that won; −1 if the wait was cancelled.</param>
    /// <param name="reusable">Whether the next wait may reuse the operation. It may not if a caller other than the awaiting goroutine took
    /// the result: that goroutine has yet to look at this operation and learn so.</param>
    internal void TakeDown(int chosen, bool reusable)
    {
        if (HasTimeouts)
        {
            _timeouts!.ForEach(static timeout => timeout.Disarm());
        }

        if (!reusable)
        {
            _pending = Pending.Successor();
            foreach (SelectCase candidate in _cases.First(_count))
            {
                candidate.Arm?.Rebind(_pending);
            }
        }

        foreach (SelectArm candidate in _lockOrder.First(_locked))
        {
            bool won = candidate.Index == chosen;
            if (!won)
            {
                candidate.Dequeue();
            }

            candidate.TakeResult(won);
        }

        _locked = 0;
        if (chosen < 0)
        {
            EndWait();
            return;
        }

        try
        {
            Conclude(_cases.First(_count)[chosen]);
        }
        catch
        {
            EndWait();
            throw;
        }
    }

    private int Conclude(SelectCase chosen)
    {
        chosen.Selected = true;
        _selected = chosen;
        chosen.Arm?.ThrowIfFailed();
        EndWait();
        return chosen.Index;
    }

    /// <summary>Locks the channel of every listed case, each channel once, in ascending order.</summary>
    private void LockAll()
    {
        Debug.Assert(_locked == 0, "A wait before this one was not taken down.");
        _locked = _listed;
        long last = 0;
        foreach (SelectArm arm in _lockOrder.First(_locked))
        {
            long order = arm.LockOrder;
            if (order != last)
            {
                arm.Lock();
                last = order;
            }
        }
    }

    private void UnlockAll()
    {
        // As selunlock. After the last unlock the wait may be over, but this thread still owns the select.
        Span<SelectArm> arms = _lockOrder.First(_locked);
        for (int i = arms.Length - 1; i >= 0; i--)
        {
            if (i == 0 || arms[i].LockOrder != arms[i - 1].LockOrder)
            {
                arms[i].Unlock();
            }
        }
    }

    /// <summary>Shuffles by Fisher–Yates with xorshift32, so that every order of trying is equally likely.</summary>
    private void Shuffle()
    {
        Span<SelectArm> order = _tryOrder.First(_listed);
        uint x = _random;
        for (int i = order.Length - 1; i > 0; i--)
        {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
            int j = (int)(((ulong)x * (uint)(i + 1)) >> 32);
            (order[i], order[j]) = (order[j], order[i]);
        }

        _random = x;
    }
}
