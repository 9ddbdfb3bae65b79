using System.Diagnostics;
using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The passes of a wait (runtime/select.go: <c>selectgo</c>).</summary>
/// <remarks>
/// Go locks every channel before its first pass. Here the first pass looks without locks and locks only a channel that
/// looks ready: nothing of ours is queued yet, so performing one case under its own lock is a whole operation. Only when
/// nothing is ready are all channels locked, in the order of their numbers, and looked at once more (pass 1 proper);
/// then one waiter is queued for each case and the select is opened for claims (pass 2). The losers leave their queues
/// when the result is taken (pass 3), each under its own lock, since by then the choice is final.
/// <para>
/// A select with default must not say that nothing was ready because of looks at different moments: of two channels of which
/// one is ready at any time, each may be looked at when it is not. The looks count as one if no channel was changed from
/// before the first to after the last, which the versions of their locks tell; otherwise it looks with all locks, too.
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

    private void EndWait() => Volatile.Write(ref _waiting, 0);

    /// <summary>Looks at the cases one after the other, each at a moment of its own.</summary>
    /// <param name="ready">The case that was performed.</param>
    private bool TryReady(out SelectCase? ready)
    {
        if (!OperationHooks.Any || !TryOrderByDriver())
        {
            Shuffle();
        }

        foreach (SelectArm candidate in _tryOrder.AsSpan(0, _listed))
        {
            if (candidate.LooksReady && candidate.TryPerform())
            {
                ready = _cases[candidate.Index];
                return true;
            }
        }

        ready = null;
        return false;
    }

    /// <summary>Pass 1 proper, on all cases at one moment.</summary>
    /// <returns><see langword="false"/>: none was ready, and their channels are still locked.</returns>
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
                ready = _cases[found.Index];
                return true;
            }

            found!.MakeRoom();
        }
    }

    /// <param name="found">The arm that has performed its operation, or that needs memory.</param>
    private Attempt TryEachLocked(out SelectArm? found)
    {
        foreach (SelectArm candidate in _tryOrder.AsSpan(0, _listed))
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
    /// <returns><see langword="false"/>: one is being changed at this moment.</returns>
    private bool TryAddVersions(ref uint sum)
    {
        foreach (SelectArm candidate in _lockOrder.AsSpan(0, _listed))
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
        foreach (TimeoutCase timeout in _timeouts)
        {
            if (timeout.IsDue)
            {
                due = timeout;
                return true;
            }
        }

        due = null;
        return false;
    }

    private ValueTask<int> Park(CancellationToken cancellationToken)
    {
        try
        {
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

        Pending.Begin(M.Current?.CurrentG, _locked == 0 && _timeouts.Count == 0 ? WaitReason.SelectNoCases : WaitReason.Select);
        ValueTask<int> result = new(Pending, Pending.Version);
        foreach (SelectArm candidate in _tryOrder.AsSpan(0, _listed))
        {
            candidate.Enqueue(); // in the random order: of several on one channel, a partner finds the first
        }

        Pending.OpenForClaims();
        UnlockAll();
        try
        {
            for (int i = 0; i < _locked; i++)
            {
                _lockOrder[i].Announce();
            }

            foreach (TimeoutCase timeout in _timeouts)
            {
                timeout.StartTimer(GoRuntime.Current.Scheduler);
            }

            if (cancellationToken.CanBeCanceled)
            {
                Pending.LinkCancellation(cancellationToken);
            }
        }
        catch (Exception exception) when (Pending.TryWithdraw())
        {
            // A clock threw, or memory ran out: no case was performed, and the select can wait again.
            TakeDown(-1, reusable: true);
            return ValueTask.FromException<int>(exception);
        }
        catch (Exception)
        {
            // A case was performed before that: the wait is over, and ends as if nothing had been wrong.
        }

        return result;
    }

    /// <summary>The goroutine that waits will never go on. The select is left as it is: nobody can say that its wait is over.</summary>
    internal void LeaveQueues()
    {
        for (int i = 0; i < _locked; i++)
        {
            _lockOrder[i].Dequeue();
        }
    }

    /// <summary>Pass 3, called once by the awaiter: takes the losers out of their queues.</summary>
    /// <param name="chosen">The index of the case that won; −1 when the wait was cancelled.</param>
    /// <param name="reusable">Whether the next wait may use the same operation. Not if the result was taken by other means than by
    /// the goroutine that awaits it, which has yet to look at this one and to be told so.</param>
    internal void TakeDown(int chosen, bool reusable)
    {
        foreach (TimeoutCase timeout in _timeouts)
        {
            timeout.Disarm();
        }

        if (!reusable)
        {
            Pending = Pending.Successor();
            foreach (SelectCase candidate in _cases)
            {
                candidate.Arm?.Rebind(Pending);
            }
        }

        for (int i = 0; i < _locked; i++)
        {
            SelectArm candidate = _lockOrder[i];
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
            Conclude(_cases[chosen]);
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
        int count = _locked = _listed;
        long last = 0;
        for (int i = 0; i < count; i++)
        {
            long order = _lockOrder[i].LockOrder;
            if (order != last)
            {
                _lockOrder[i].Lock();
                last = order;
            }
        }
    }

    private void UnlockAll()
    {
        // As sellock and selunlock: after unlocking the last of them the select may be over, but its owner is us.
        for (int i = _locked - 1; i >= 0; i--)
        {
            if (i == 0 || _lockOrder[i].LockOrder != _lockOrder[i - 1].LockOrder)
            {
                _lockOrder[i].Unlock();
            }
        }
    }

    /// <summary>Fisher–Yates with xorshift32: every order of trying is as likely as any other.</summary>
    private void Shuffle()
    {
        SelectArm[] order = _tryOrder;
        uint x = _random;
        for (int i = _listed - 1; i > 0; i--)
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
