using Goroutines.Runtime;
using Goroutines.Time;

namespace Goroutines.Context;

/// <summary>A node that also ends when its time has come (context/context.go: <c>timerCtx</c>).</summary>
/// <remarks>
/// The node's lock guards the alarm until the node has ended; then only <see cref="Ended"/> touches it. As in Go, the time on the
/// monotonic clock counts: the wall clock may be set between two deadlines, so wall-clock deadlines cannot be compared.
/// </remarks>
internal sealed class DeadlineNode : CancelNode, IAlarmed
{
    private readonly Alarm _alarm = new();
    private readonly Scheduler _scheduler;
    private readonly Exception? _cause;
    private readonly long _when;

    /// <param name="parent">The source with which the node ends.</param>
    /// <param name="scheduler">The runtime whose clock is used.</param>
    /// <param name="deadline">When it ends, by the wall clock: for reports.</param>
    /// <param name="when">When it ends.</param>
    /// <param name="cause">The cause then.</param>
    internal DeadlineNode(CancelSource? parent, Scheduler scheduler, DateTimeOffset deadline, long when, Exception? cause)
        : base(parent, deadline)
    {
        _scheduler = scheduler;
        _when = when;
        _cause = cause;
        _timed = this;
    }

    internal TimeSpan Remaining => Deadline!.Value - _scheduler.Clock.UtcNow;

    /// <summary>Whether this ends no later than at <paramref name="when"/> on the clock of <paramref name="scheduler"/>. Clocks of
    /// different runtimes can't be compared.</summary>
    internal bool EndsBy(Scheduler scheduler, long when) => IsOf(scheduler) && _when <= when;

    internal bool IsOf(Scheduler scheduler) => ReferenceEquals(_scheduler, scheduler);

    /// <summary>Starts the timer, unless the parent has already ended the node.</summary>
    internal void Start(TimeSpan remaining)
    {
        if (remaining <= TimeSpan.Zero)
        {
            Cancel(new DeadlineExceededException(), _cause);
        }
        else if (TryEnterPending())
        {
            int arming = _alarm.Set(this);
            ExitPending();
            try
            {
                _scheduler.AddTimer(new TimerEntry(_when, _alarm, arming));
            }
            catch
            {
                Detach(); // the caller does not get it
                if (TryEnterPending())
                {
                    _alarm.Clear();
                    ExitPending();
                }

                throw;
            }
        }
    }

    void IAlarmed.Ring() => CancelLater(_scheduler, new DeadlineExceededException(), _cause);

    private protected override void Ended() => _alarm.Clear();
}
