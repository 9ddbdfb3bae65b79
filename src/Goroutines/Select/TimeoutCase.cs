using Goroutines.Time;

namespace Goroutines;

/// <summary>A case that is chosen when nothing else was for a while (Go's <c>case &lt;-time.After(d):</c>). Armed anew by each wait.</summary>
public sealed class TimeoutCase : SelectCase, ITimed
{
    private TimeSpan _after;

    internal TimeoutCase(Select owner, int index, TimeSpan after)
        : base(owner, index)
    {
        Validate(after, nameof(after));
        _after = after;
    }

    /// <summary>How long a wait lasts at most: zero: only what is ready at once goes before it; <see cref="Timeout.InfiniteTimeSpan"/>: without limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public TimeSpan After
    {
        get => _after;
        set
        {
            EnsureIdle();
            Validate(value, nameof(value));
            _after = value;
        }
    }

    internal bool IsDue => Enabled && _after == TimeSpan.Zero;

    /// <summary>A time-out is no channel: the passes over channels leave it out.</summary>
    internal override bool IsLive => false;

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
        if (Enabled && _after != Timeout.InfiniteTimeSpan)
        {
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(_after), this, Owner.Pending.Number));
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

    private static void Validate(TimeSpan after, string name)
    {
        if (after < TimeSpan.Zero && after != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, after, "A time-out must not be negative, except Timeout.InfiniteTimeSpan.");
        }
    }
}
