using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>One direction of a socket: whether it is closed, and its deadline (half of internal/poll's <c>pollDesc</c>). The same for all backends.</summary>
/// <remarks>
/// <para><b>Clock.</b> A deadline goes by the clock of the runtime that sets it: the goroutine's own, or outside of goroutines that of the
/// process-wide runtime. The setter computed the time from that clock, and it is known at that moment; which goroutine will
/// perform the next operation, and which poller will watch the socket, is not. The time that is left is read from the wall clock
/// once, in the setter; from then on only the monotonic clock counts, as in Go.</para>
/// <para><b>Timer.</b> The timer stands in the heap of a runtime that goes by that clock: the process-wide one, which outlives the others, or, if
/// that has another clock, the setter's. So no thread pool is needed for it to fire, and a deadline may be any time ahead. When
/// the runtime has been stopped, <see cref="RenewTimer"/> moves what is left to the process-wide one.</para>
/// <para>All fields are owned by the lock that <see cref="EnterLock"/> takes.</para>
/// </remarks>
/// <typeparam name="TWaiting">What waits in this direction, as a list or as one object.</typeparam>
internal abstract class NetDirection<TWaiting> : ITimed
{
    private ArmingState _arming;
    private DateTimeOffset? _deadline;

    /// <summary>When the deadline comes, by the monotonic clock of <see cref="_timers"/>.</summary>
    private long _due;

    /// <summary>The runtime that has the timer of the deadline.</summary>
    private Scheduler? _timers;

    internal DateTimeOffset? Deadline
    {
        get
        {
            EnterLock();
            DateTimeOffset? deadline = _deadline;
            ExitLock();
            return deadline;
        }
    }

    internal bool HasExpired
    {
        get
        {
            EnterLock();
            bool expired = IsExpired;
            ExitLock();
            return expired;
        }
    }

    /// <summary>With the lock.</summary>
    private protected bool IsClosed { get; private set; }

    /// <summary>Whether the deadline has passed. With the lock.</summary>
    private protected bool IsExpired { get; private set; }

    /// <summary>Why no operation may begin. With the lock.</summary>
    private protected NetFailure Broken => IsClosed ? NetFailure.Disposed : IsExpired ? NetFailure.Deadline : NetFailure.None;

    /// <summary>Sets or takes away the time after which operations fail, those that wait included.</summary>
    internal void SetDeadline(DateTimeOffset? deadline)
    {
        Scheduler timers = GoRuntime.Current.Scheduler;
        TimeSpan left = deadline is { } at ? at - timers.Clock.UtcNow : TimeSpan.Zero;
        if (left > TimeSpan.Zero && ReferenceEquals(timers.Clock.Provider, GoRuntime.Default.Scheduler.Clock.Provider))
        {
            timers = GoRuntime.Default.Scheduler;
        }

        long due = left > TimeSpan.Zero ? timers.Clock.Deadline(left) : 0;
        TWaiting? ended = default;
        int arming = 0;
        EnterLock();
        _ = _arming.TryDisarm();
        _deadline = deadline;
        IsExpired = deadline is not null && left <= TimeSpan.Zero;
        if (IsExpired)
        {
            ended = TakeAllBack(NetFailure.Deadline);
        }
        else if (deadline is not null && !IsClosed)
        {
            arming = _arming.Arm();
            _due = due;
            _timers = timers;
        }

        ExitLock();
        EndAll(ended);
        if (arming != 0)
        {
            try
            {
                timers.AddTimer(new TimerEntry(due, this, arming));
            }
            catch
            {
                EnterLock();
                if (_arming.TryClaim(arming))
                {
                    _deadline = null; // none, rather than one that nobody keeps
                }

                ExitLock();
                throw;
            }

            if (timers.IsStopping)
            {
                RenewTimer(); // its workers may have looked at their timers for the last time
            }
        }
    }

    /// <summary>Moves the timer of the deadline to the process-wide runtime, if the runtime that has the timer has been stopped.</summary>
    internal void RenewTimer()
    {
        Scheduler home = GoRuntime.Default.Scheduler;
        EnterLock();
        if (_timers is not { IsStopping: true } stopped || ReferenceEquals(stopped, home) || !_arming.TryDisarm())
        {
            ExitLock();
            return;
        }

        int arming = _arming.Arm();
        long due = home.Clock.Deadline(TimeSpan.FromTicks(Math.Max(0, _due - stopped.Clock.Now) / 100));
        _due = due;
        _timers = home;
        ExitLock();
        home.AddTimer(new TimerEntry(due, this, arming));
    }

    /// <summary>No operation may begin from now on, and those that wait end.</summary>
    internal void Close()
    {
        EnterLock();
        IsClosed = true;
        _ = _arming.TryDisarm();
        TWaiting? ended = TakeAllBack(NetFailure.Disposed);
        ExitLock();
        EndAll(ended);
    }

    bool ITimed.IsArmed(int arming) => _arming.Stands(arming);

    void ITimed.Expire(int arming)
    {
        TWaiting? ended = default;
        EnterLock();
        if (_arming.TryClaim(arming))
        {
            IsExpired = true;
            ended = TakeAllBack(NetFailure.Deadline);
        }

        ExitLock();
        EndAll(ended);
    }

    private protected abstract void EnterLock();

    private protected abstract void ExitLock();

    /// <summary>Takes out what waits, except what is just being carried out. With the lock.</summary>
    private protected abstract TWaiting? TakeAllBack(NetFailure failure);

    /// <summary>Ends what <see cref="TakeAllBack"/> gave. Without the lock.</summary>
    private protected abstract void EndAll(TWaiting? taken);
}
