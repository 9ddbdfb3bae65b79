using Goroutines.Time;

namespace Goroutines.Context;

/// <summary>A node that also ends when its time has come (context/context.go: <c>timerCtx</c>).</summary>
/// <remarks>The alarm is guarded by the node's lock until the node has ended; then only <see cref="Ended"/> touches it.</remarks>
internal sealed class DeadlineNode(CancelSource? parent, Scheduler.Scheduler scheduler, DateTimeOffset deadline, Exception? cause) : CancelNode(parent, deadline), IAlarmed
{
    private readonly Alarm _alarm = new();

    internal TimeSpan Remaining => Deadline!.Value - scheduler.Clock.UtcNow;

    /// <summary>Starts the time, unless the parent has ended the node already.</summary>
    internal void Start(TimeSpan remaining)
    {
        if (remaining <= TimeSpan.Zero)
        {
            Cancel(new DeadlineExceededException(), cause);
            return;
        }

        long when = scheduler.Clock.Deadline(remaining);
        if (TryEnterPending())
        {
            int arming = _alarm.Set(this);
            ExitPending();
            scheduler.AddTimer(new TimerEntry(when, _alarm, arming));
        }
    }

    void IAlarmed.Ring() => CancelLater(scheduler, new DeadlineExceededException(), cause);

    private protected override void Ended() => _alarm.Clear();
}
