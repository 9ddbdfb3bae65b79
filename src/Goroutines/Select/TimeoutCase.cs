using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>A case that is chosen when nothing else was for a while (Go's <c>case &lt;-time.After(d):</c>). Armed anew by each wait.</summary>
public sealed class TimeoutCase : SelectCase
{
    private readonly Expiry _expiry = new();
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

    /// <summary>Starts the time of the wait that has just been opened; it ends with that wait.</summary>
    internal void StartTimer(Scheduler scheduler)
    {
        if (_after != Timeout.InfiniteTimeSpan)
        {
            _expiry.Set(Owner.Pending, Index);
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(Durations.Left(_after)), _expiry, Owner.Pending.Number));
        }
    }

    /// <summary>The wait is over: what is left of it in a heap of timers no longer leads to the select.</summary>
    internal void Disarm() => _expiry.Clear();

    /// <summary>What the heap of timers holds in place of the case, often long after the wait is over.</summary>
    /// <remarks>It names the wait only while that lasts. Expiry reads it without a lock: one that comes late finds none, or a later
    /// wait, which it can't claim, since it claims the wait of its own number only.</remarks>
    private sealed class Expiry : ITimed
    {
        private SelectWait? _wait;
        private int _index;

        internal void Set(SelectWait wait, int index)
        {
            _index = index;
            Volatile.Write(ref _wait, wait);
        }

        internal void Clear() => Volatile.Write(ref _wait, null);

        bool ITimed.IsArmed(int arming) => Volatile.Read(ref _wait) is { } wait && wait.IsOpenFor(arming);

        void ITimed.Expire(int arming)
        {
            if (Volatile.Read(ref _wait) is { } wait && wait.TryClaim(_index, arming))
            {
                wait.Complete();
            }
        }
    }
}
