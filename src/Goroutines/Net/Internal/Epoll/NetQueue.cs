using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>One direction of a socket: the operations that wait for it, in order, and its deadline (internal/poll: <c>fdMutex</c> and
/// half of a <c>pollDesc</c>).</summary>
/// <remarks>
/// <para><b>Turns.</b> At most one thread at a time is in a system call of this direction. A caller that finds no operation waiting
/// and no call in progress makes the call at once, without an operation object. All others queue (<see cref="WaitList{T}"/>). Only the
/// head makes calls, until it is over, so a write that takes several calls is not mixed with another. <see cref="NetReadiness"/> says
/// whether the head may try.</para>
/// <para><b>Who tries.</b> When news comes for the head, its goroutine is woken and makes the call in its own turn
/// (<see cref="TryProceed"/>): in parallel with others, on the core that will use the data. If the operation is awaited outside its
/// goroutine's own flow, or not awaited yet, the thread that brings the news makes the call. Only a cancellation callback makes no
/// call, since a caller waits for the callback; it asks the poller to bring the news again (<see cref="PollEntry.AskForNews"/>). If the
/// goroutine will never have a turn again, because its runtime was stopped, the operation is dropped when it gets to the head.</para>
/// <para><b>Ends.</b> Cancellation, deadline and close remove an operation from the queue, and then complete it. If the operation is in
/// its call, they leave a request in it, which takes effect if the call would have to wait. A call that succeeds wins, so nothing that
/// was received is lost. <c>_lock</c> guards all fields.</para>
/// </remarks>
/// <param name="desc">The poller's view of the socket.</param>
/// <param name="stopsShort">Whether a call may get less than is available; see <see cref="NetReadiness"/>.</param>
internal sealed partial class NetQueue(PollDesc desc, bool stopsShort) : QueuedDirection<NetOperation>
{
    private SpinMutex _lock;
    private NetReadiness _readiness = new(stopsShort);

    /// <summary>Whether the next operation waits for news without a call.</summary>
    internal bool WaitsWithoutCall
    {
        get
        {
            _lock.Enter();
            bool waits = !_readiness.MayCall(desc.IsWatched);
            _lock.Exit();
            return waits;
        }
    }

    /// <summary>Requests the turn to make a system call. A thread that enters must leave.</summary>
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

    /// <summary>Ends the turn after a call that is over.</summary>
    /// <param name="more">Whether the next call may succeed without news.</param>
    internal void Leave(bool more)
    {
        _lock.Enter();
        _readiness.EndTurn(more);
        Turn next = TakeTurn();
        _lock.Exit();
        Act(next);
    }

    /// <summary>Ends the turn after a call that found nothing, and queues its operation at the head.</summary>
    internal void LeaveAndWait(NetOperation operation)
    {
        _lock.Enter();
        _readiness.EndTurnInVain();
        Enqueue(operation, first: true);
    }

    /// <summary>Queues an operation behind the others.</summary>
    internal void Wait(NetOperation operation)
    {
        _lock.Enter();
        Enqueue(operation, first: false);
    }

    /// <summary>Handles the poller's news: a call may succeed now.</summary>
    /// <param name="ending">Whether the peer has ended the stream, so that no more news comes.</param>
    /// <param name="urgent">Whether the peer has sent urgent data, at whose mark a receive stops short.</param>
    /// <param name="scheduler">The poller's runtime.</param>
    /// <param name="ready">Receives the goroutine to wake, if it belongs to that runtime.</param>
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

    /// <summary>Called when a runtime has been stopped: drops its operations at the head, and gives the turn to the next one.</summary>
    internal void DropOrphans()
    {
        _lock.Enter();
        Turn next = TakeTurn();
        _lock.Exit();
        Act(next);
    }

    /// <summary>Makes the calls of an operation whose goroutine was woken to try.</summary>
    /// <returns>true if the operation is over; otherwise, false.</returns>
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

    /// <summary>Notes that the operation gets no turn of its own, so that the thread that brings news makes its calls.</summary>
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

    /// <summary>Queues the operation. Called with the lock held, which it releases.</summary>
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

    /// <summary>Gives the turn to the head, if it is to try. Called with the lock held; <see cref="Act"/> follows without it.</summary>
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
            TryTakeBack(orphan, NetFailure.Disposed, null); // never completed
        }
    }

    /// <summary>Whether the head is to be tried now. Read with the lock held.</summary>
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

    /// <summary>Settles the head after a call, with the lock held. If it is not over, <paramref name="again"/> tells whether to call again;
    /// if not, the turn has ended.</summary>
    /// <returns>true if the head is over; otherwise, false.</returns>
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

    /// <summary>What to do once the lock is released: make the calls of an operation, or wake a goroutine.</summary>
    private readonly record struct Turn(NetOperation? Served, G? Goroutine);
}
