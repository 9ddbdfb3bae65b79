using Goroutines.Time;

namespace Goroutines;

/// <summary>A case that is chosen when nothing else was for a while (Go's <c>case &lt;-time.After(d):</c>). Armed anew by each wait.</summary>
public sealed class TimeoutCase : SelectCase, ITimed
{
    private TimeSpan _after;

    internal TimeoutCase(Select owner, int index, TimeSpan after)
        : base(owner, index) => _after = after;

    /// <summary>How long a wait lasts at most. With zero or a negative duration only what is ready at once goes before it; with
    /// <see cref="Timeout.InfiniteTimeSpan"/> there is no limit.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public TimeSpan After
    {
        get => _after;
        set
        {
            EnsureIdle();
            _after = value;
        }
    }

    internal bool IsDue => Durations.IsOver(_after);

    /// <summary>Time-outs have a list of their own: the passes over channels leave them out.</summary>
    internal override bool IsLive => Enabled;

    internal override long LockOrder => 0;

    internal override bool LooksReady => false;

    bool ITimed.IsArmed(int arming) => Owner.Pending.IsOpenFor(arming);

    void ITimed.Expire(int arming)
    {
        if (Owner.Pending.TryClaim(Index, arming))
        {
            Owner.Pending.Complete();
        }
    }

    /// <summary>Starts the time of the wait that has just been opened; it ends with that wait.</summary>
    internal void Arm(Scheduler.Scheduler scheduler)
    {
        if (_after != Timeout.InfiniteTimeSpan)
        {
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(Durations.Left(_after)), this, Owner.Pending.Number));
        }
    }

    internal override bool TryAddVersion(ref uint sum) => true;

    internal override void Lock()
    {
    }

    internal override void Unlock()
    {
    }

    internal override bool TryPerform() => false;

    internal override bool TryPerformLocked() => false;

    internal override void FinishPartner()
    {
    }

    internal override void Enqueue()
    {
    }

    internal override void Dequeue()
    {
    }

    internal override void TakeResult(bool won)
    {
    }

    internal override void ThrowIfFailed()
    {
    }

    internal override void Reset()
    {
    }
}
