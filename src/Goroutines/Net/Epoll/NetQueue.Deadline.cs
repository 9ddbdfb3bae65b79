using Goroutines.Time;

namespace Goroutines.Net.Epoll;

/// <summary>The deadline of a direction (runtime/netpoll.go: <c>poll_runtime_pollSetDeadline</c>).</summary>
internal sealed partial class NetQueue : ITimed
{
    private ArmingState _arming;
    private DateTimeOffset? _deadline;

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

    /// <summary>Sets or takes away the time after which operations fail, those that wait included.</summary>
    internal void SetDeadline(DateTimeOffset? deadline)
    {
        Scheduler.Scheduler scheduler = desc.Scheduler;
        TimeSpan left = deadline is { } at ? at - scheduler.Clock.UtcNow : TimeSpan.Zero;
        long when = scheduler.Clock.Deadline(left < TimeSpan.Zero ? TimeSpan.Zero : left);
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
        }

        _lock.Exit();
        CompleteAll(taken);
        if (arming != 0)
        {
            scheduler.AddTimer(new TimerEntry(when, this, arming));
        }
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
}
