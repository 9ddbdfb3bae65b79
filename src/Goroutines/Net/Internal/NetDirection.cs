using Goroutines.Runtime;

namespace Goroutines.Net;

/// <summary>One direction of a backend's socket: its deadline and whether it is closed (half of internal/poll's <c>pollDesc</c>).</summary>
/// <remarks>
/// <para><b>Clock.</b> A deadline goes by the clock of the runtime in which it is set: the goroutine's own, or, outside goroutines, the
/// process-wide one. The caller computed the time from that clock, and the clock is known at that moment. The goroutine that will
/// perform the next operation and the poller that will watch the socket are not. The setter reads the time that is left from the
/// wall clock once; from then on only the monotonic clock counts, as in Go.</para>
/// <para><b>Timer.</b> The timer is in the heap of a runtime with that clock: the process-wide one, which outlives the others, or the
/// setter's, if the process-wide one has another clock. So the timer needs no thread pool to fire, and a deadline may be any time ahead.
/// If the timer's runtime is stopped, <see cref="RenewTimer"/> moves the time that is left to the process-wide runtime.</para>
/// <para>The lock that <see cref="EnterLock"/> takes guards all fields.</para>
/// </remarks>
/// <typeparam name="TWaiting">The operations that wait in this direction, as a list or as one object.</typeparam>
internal abstract class NetDirection<TWaiting> : ITimed
{
    private ArmingState _arming;
    private DateTimeOffset? _deadline;

    /// <summary>The deadline by the monotonic clock of <see cref="_timers"/>.</summary>
    private long _due;

    /// <summary>The runtime whose heap holds the timer.</summary>
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

    /// <summary>Whether the direction is closed. Read with the lock held.</summary>
    private protected bool IsClosed { get; private set; }

    /// <summary>Whether the deadline has passed. Read with the lock held.</summary>
    private protected bool IsExpired { get; private set; }

    /// <summary>Why no operation may begin. Read with the lock held.</summary>
    private protected NetFailure Broken => IsClosed ? NetFailure.Disposed : IsExpired ? NetFailure.Deadline : NetFailure.None;

    /// <summary>Sets or removes the time after which operations fail, including those that already wait.</summary>
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
                    _deadline = null; // no deadline is better than one that no timer enforces
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

    /// <summary>Moves the timer to the process-wide runtime, if the runtime that holds it has been stopped.</summary>
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

    /// <summary>Closes the direction: ends the operations that wait, and lets none begin from now on.</summary>
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

    /// <summary>Removes the operations that wait, except one that is being performed. Called with the lock held.</summary>
    private protected abstract TWaiting? TakeAllBack(NetFailure failure);

    /// <summary>Ends the operations that <see cref="TakeAllBack"/> returned. Called without the lock.</summary>
    private protected abstract void EndAll(TWaiting? taken);
}
