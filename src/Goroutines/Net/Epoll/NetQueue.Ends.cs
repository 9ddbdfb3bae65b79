using Goroutines.Time;

namespace Goroutines.Net.Epoll;

/// <summary>Ends that are not the system call's: cancellation, deadline, close.</summary>
internal sealed partial class NetQueue : ITimed
{
    private ArmingState _arming;
    private DateTimeOffset? _deadline;

    /// <summary>The runtime that has the timer of the deadline.</summary>
    private Scheduler.Scheduler? _timers;

    internal DateTimeOffset? Deadline
    {
        get
        {
            _lock.Enter();
            DateTimeOffset? deadline = _deadline;
            _lock.Exit();
            return deadline;
        }
    }

    /// <summary>Ends one operation, unless its call succeeds.</summary>
    internal void Abort(NetOperation operation, NetFailure failure)
    {
        _lock.Enter();
        bool taken = TryTakeBack(operation, failure, null);
        Turn next = TakeTurn();
        _lock.Exit();
        if (taken)
        {
            operation.Complete();
        }

        Act(next);
    }

    /// <summary>Ends all operations there are, except calls that succeed.</summary>
    internal void AbortAll(NetFailure failure, Exception? cause = null)
    {
        _lock.Enter();
        NetOperation? taken = TakeAllBack(failure, cause);
        _lock.Exit();
        CompleteAll(taken);
    }

    internal void Close()
    {
        _lock.Enter();
        _closed = true;
        _ = _arming.TryDisarm();
        NetOperation? taken = TakeAllBack(NetFailure.Disposed, null);
        _lock.Exit();
        CompleteAll(taken);
    }

    /// <summary>After <see cref="Close"/>: until the system call that may be under way is over. None of them blocks, so it is no long wait; but
    /// it has a bound, since a caller's own kind of memory may have thrown in the middle of an operation.</summary>
    internal void AwaitQuiet()
    {
        SpinWait spinner = default;
        for (int i = 0; i < 1000 && IsBusy; i++)
        {
            spinner.SpinOnce();
        }
    }

    private bool IsBusy
    {
        get
        {
            _lock.Enter();
            bool busy = _busy;
            _lock.Exit();
            return busy;
        }
    }

    /// <summary>Sets or takes away the time after which operations fail, those that wait included.</summary>
    internal void SetDeadline(DateTimeOffset? deadline)
    {
        Scheduler.Scheduler scheduler = desc.Scheduler;
        TimeSpan left = deadline is { } at ? LeftUntil(at, scheduler) : TimeSpan.Zero;
        NetOperation? taken = null;
        int arming = 0;
        _lock.Enter();
        _ = _arming.TryDisarm();
        _deadline = deadline;
        _expired = deadline is not null && left <= TimeSpan.Zero;
        if (_expired)
        {
            taken = TakeAllBack(NetFailure.Deadline, null);
        }
        else if (deadline is not null && !_closed)
        {
            arming = _arming.Arm();
            _timers = scheduler;
        }

        _lock.Exit();
        CompleteAll(taken);
        if (arming != 0)
        {
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(left), this, arming));
        }
    }

    /// <summary>The socket has come to another runtime: the deadline's timer follows it, unless it is told by another clock that still runs.</summary>
    internal void RenewDeadline()
    {
        Scheduler.Scheduler scheduler = desc.Scheduler;
        _lock.Enter();
        if (_closed || _expired || _deadline is not { } deadline || _timers is not { } timers || ReferenceEquals(timers, scheduler)
            || (!timers.IsStopping && !ReferenceEquals(timers.Clock.Provider, scheduler.Clock.Provider)))
        {
            _lock.Exit();
            return;
        }

        _ = _arming.TryDisarm();
        int arming = _arming.Arm();
        _timers = scheduler;
        _lock.Exit();
        scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(LeftUntil(deadline, scheduler)), this, arming));
    }

    bool ITimed.IsArmed(int arming) => _arming.Stands(arming);

    void ITimed.Expire(int arming)
    {
        NetOperation? taken = null;
        _lock.Enter();
        if (_arming.TryClaim(arming))
        {
            _expired = true;
            taken = TakeAllBack(NetFailure.Deadline, null);
        }

        _lock.Exit();
        CompleteAll(taken);
    }

    private static TimeSpan LeftUntil(DateTimeOffset deadline, Scheduler.Scheduler scheduler)
    {
        TimeSpan left = deadline - scheduler.Clock.UtcNow;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    private bool TryTakeBack(NetOperation operation, NetFailure failure, Exception? cause)
    {
        switch (operation.Phase)
        {
            case NetPhase.Queued:
                break;
            case NetPhase.Nudged:
                operation.StopTrying();
                break;
            case NetPhase.Trying:
                operation.Requested = failure;
                operation.Cause = cause;
                return false;
            default:
                return false;
        }

        operation.Phase = NetPhase.None;
        Remove(operation);
        operation.Fail(failure, cause);
        return true;
    }

    private NetOperation? TakeAllBack(NetFailure failure, Exception? cause)
    {
        NetOperation? taken = null;
        NetOperation? operation = _last;
        while (operation is not null)
        {
            NetOperation? before = operation.Previous;
            if (TryTakeBack(operation, failure, cause))
            {
                operation.Next = taken;
                taken = operation;
            }

            operation = before;
        }

        return taken;
    }

    private static void CompleteAll(NetOperation? taken)
    {
        while (taken is not null)
        {
            NetOperation? next = taken.Next;
            taken.Next = null;
            taken.Complete();
            taken = next;
        }
    }
}
