using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>One direction of a socket: the operations that wait for it, in order, and its deadline (internal/poll: <c>fdMutex</c> and half of a <c>pollDesc</c>).</summary>
/// <remarks>
/// <para><b>Turns.</b> At most one thread at a time is in a system call of this direction. A caller that comes when no operation
/// is waiting and no call under way makes the call at once, without an operation object. All others queue (<see cref="WaitList{T}"/>), and
/// only the head makes calls, until it is through: so a write that takes several calls is not mixed with another. Whether it
/// may try says <see cref="NetReadiness"/>.</para>
/// <para><b>Who tries.</b> When there is news for the head, its goroutine is woken and makes the call in its own turn
/// (<see cref="TryProceed"/>): in parallel to others, on the core that will use the data. For an operation that is awaited
/// outside of its goroutine's own flow, or not yet awaited at all, the thread that brings the news makes the call; only a cancellation,
/// which others wait for, asks the poller to bring the news again (<see cref="PollEntry.AskForNews"/>). One whose
/// goroutine will never have a turn again, because its runtime was stopped, is dropped when it would be its turn.</para>
/// <para><b>Ends.</b> Cancellation, deadline and close take an operation out of the queue, whose completer they are then; one
/// that is in its call they only ask, and it ends so if the call would have to wait. A call that succeeds wins: nothing that
/// was received is lost. All fields are owned by <c>_lock</c>.</para>
/// </remarks>
/// <param name="desc">The socket, as the poller knows it.</param>
/// <param name="stopsShort">Whether a call may get less than there is; see <see cref="NetReadiness"/>.</param>
internal sealed partial class NetQueue(PollDesc desc, bool stopsShort) : QueuedDirection<NetOperation>
{
    private SpinMutex _lock;
    private NetReadiness _readiness = new(stopsShort);

    /// <summary>Asks for the turn to make a system call. A thread that enters must leave.</summary>
    internal NetEntry TryEnter(out NetFailure failure)
    {
        _lock.Enter();
        failure = Broken;
        NetEntry entry = failure != NetFailure.None ? NetEntry.Fail
            : Waiting.First is null && _readiness.MayCall(desc.IsWatched) ? NetEntry.Enter : NetEntry.Wait;
        if (entry == NetEntry.Enter)
        {
            _readiness.BeginTurn();
            _readiness.BeginCall();
        }

        _lock.Exit();
        return entry;
    }

    /// <summary>Ends the turn of a call that is through.</summary>
    /// <param name="more">Whether the next call may succeed without news.</param>
    internal void Leave(bool more)
    {
        _lock.Enter();
        _readiness.EndTurn(more);
        Turn next = TakeTurn();
        _lock.Exit();
        Act(next);
    }

    /// <summary>Ends the turn of a call that found nothing: the operation waits at the head.</summary>
    internal void LeaveAndWait(NetOperation operation)
    {
        _lock.Enter();
        _readiness.EndTurnInVain();
        Enqueue(operation, first: true);
    }

    /// <summary>The operation waits behind the others.</summary>
    internal void Wait(NetOperation operation)
    {
        _lock.Enter();
        Enqueue(operation, first: false);
    }

    /// <summary>The poller's news: a call may succeed now.</summary>
    /// <param name="ending">There will be no more news: the peer has ended the stream.</param>
    /// <param name="urgent">The peer has sent urgent data, at whose mark a receive stops short.</param>
    /// <param name="scheduler">The poller's runtime.</param>
    /// <param name="ready">Takes the goroutine to wake, if it belongs to that runtime.</param>
    internal void BecomeReady(bool ending, bool urgent, Scheduler scheduler, ref GList ready)
    {
        _lock.Enter();
        _readiness.AddNews(ending, urgent);
        Turn next = TakeTurn();
        _lock.Exit();
        if (next.Goroutine is { } g && ReferenceEquals(g.Scheduler, scheduler))
        {
            if (g.TryReady())
            {
                scheduler.NoteReady(g);
                ready.Add(g);
            }

            next = next with { Goroutine = null };
        }

        Act(next);
    }

    /// <summary>A runtime has been stopped: whose turn is it now?</summary>
    internal void DropOrphans()
    {
        _lock.Enter();
        Turn next = TakeTurn();
        _lock.Exit();
        Act(next);
    }

    /// <summary>Nothing is ready before the poller says so: after a connect was begun.</summary>
    internal void AwaitNews()
    {
        _lock.Enter();
        _readiness.AwaitNews();
        _lock.Exit();
    }

    /// <summary>The turn of a goroutine that was woken to try.</summary>
    /// <returns>Whether its operation is over.</returns>
    internal bool TryProceed(NetOperation operation)
    {
        _lock.Enter();
        if (operation.Phase != NetPhase.Nudged)
        {
            bool over = operation.IsCompleted;
            _lock.Exit();
            return over;
        }

        _readiness.BeginTurn();
        operation.Phase = NetPhase.Trying;
        while (true)
        {
            _readiness.BeginCall();
            _lock.Exit();
            NetCall call = operation.Socket.Perform(operation);
            _lock.Enter();
            if (!IsThrough(operation, call, out bool again))
            {
                if (again)
                {
                    continue;
                }

                operation.Phase = NetPhase.Queued;
                operation.StopTrying();
                _lock.Exit();
                return false;
            }

            operation.EndOwnTurn();
            Turn next = TakeTurn();
            _lock.Exit();
            Act(next);
            return true;
        }
    }

    /// <summary>The operation gets no turn of its own: calls for it are made by the thread that brings news.</summary>
    internal void MustBeServed(NetOperation operation)
    {
        _lock.Enter();
        operation.IsOutside = true;
        bool nudged = operation.Phase == NetPhase.Nudged;
        _lock.Exit();
        if (nudged)
        {
            TryProceed(operation);
        }
    }

    /// <summary>With the lock, which it releases.</summary>
    private void Enqueue(NetOperation operation, bool first)
    {
        if (Broken is not NetFailure.None and var failure)
        {
            operation.Fail(failure);
            Turn other = TakeTurn();
            _lock.Exit();
            operation.Complete();
            Act(other);
            return;
        }

        operation.Phase = NetPhase.Queued;
        if (first)
        {
            Waiting.EnqueueFirst(operation);
        }
        else
        {
            Waiting.Enqueue(operation);
        }

        Turn next = TakeTurn();
        _lock.Exit();
        Act(next);
    }

    /// <summary>Whose turn it is now, if any. With the lock; <see cref="Act"/> without it.</summary>
    private Turn TakeTurn()
    {
        DropOrphanHeads();
        if (!IsHeadsTurn)
        {
            return default;
        }

        NetOperation head = Waiting.First!;
        if (head.TriesItself)
        {
            head.StartTrying();
            return new Turn(null, head.Goroutine);
        }

        _readiness.BeginTurn();
        head.Phase = NetPhase.Trying;
        return new Turn(head, null);
    }

    private void DropOrphanHeads()
    {
        while (Waiting.First is { Phase: NetPhase.Queued or NetPhase.Nudged, IsOrphan: true } orphan)
        {
            TryTakeBack(orphan, NetFailure.Disposed, null); // and never completed
        }
    }

    /// <summary>Whether the first operation is to be tried now. With the lock.</summary>
    private bool IsHeadsTurn => _readiness.MayTry && Waiting.First is { Phase: NetPhase.Queued };

    private void Act(Turn turn)
    {
        turn.Goroutine?.Ready();
        while (turn.Served is { } operation)
        {
            turn = Serve(operation);
            turn.Goroutine?.Ready();
        }
    }

    /// <summary>Makes the calls of an operation that can't make them itself.</summary>
    private Turn Serve(NetOperation operation)
    {
        while (true)
        {
            _lock.Enter();
            _readiness.BeginCall();
            _lock.Exit();
            NetCall call = operation.Socket.Perform(operation);
            _lock.Enter();
            if (IsThrough(operation, call, out bool again))
            {
                operation.Phase = NetPhase.None;
                Turn next = TakeTurn();
                _lock.Exit();
                operation.Complete();
                return next;
            }

            if (!again)
            {
                operation.Phase = NetPhase.Queued;
                _lock.Exit();
                return default;
            }

            _lock.Exit();
        }
    }

    /// <summary>After a call for the head, with the lock: whether it is over. If not, whether to call again; else the turn is over.</summary>
    private bool IsThrough(NetOperation operation, NetCall call, out bool again)
    {
        again = false;
        if (call == NetCall.WouldBlock)
        {
            if (operation.Requested is not NetFailure.None and var failure)
            {
                operation.Fail(failure, operation.Cause);
            }
            else
            {
                again = _readiness.EndCallInVain();
                return false;
            }
        }

        _readiness.EndTurn(more: call == NetCall.DoneWithMore);
        Waiting.Remove(operation);
        return true;
    }

    /// <summary>What is to be done once the lock is released: an operation to make the calls of, or a goroutine to wake.</summary>
    private readonly record struct Turn(NetOperation? Served, G? Goroutine);
}
