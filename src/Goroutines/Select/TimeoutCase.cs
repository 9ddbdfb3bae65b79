using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>A case that is chosen when no other case was chosen within a time limit (Go's <c>case &lt;-time.After(d):</c>). Each wait starts the time anew.</summary>
public sealed class TimeoutCase : SelectCase
{
    private readonly Expiry _expiry = new();
    private TimeSpan _after;

    internal TimeoutCase(Select owner, int index, TimeSpan after)
        : base(owner, index) => _after = after;

    /// <summary>Gets or sets the maximum duration of a wait. If it is zero or negative, the case is chosen unless another case is ready at
    /// once; if it is <see cref="Timeout.InfiniteTimeSpan"/>, there is no limit.</summary>
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

    /// <summary>Starts the timer of the wait that has just been opened. It ends with that wait.</summary>
    internal void StartTimer(Scheduler scheduler)
    {
        if (_after != Timeout.InfiniteTimeSpan)
        {
            _expiry.Set(Owner.Pending, Index);
            scheduler.AddTimer(new TimerEntry(scheduler.Clock.Deadline(Durations.Left(_after)), _expiry, Owner.Pending.Number));
        }
    }

    /// <summary>Called when the wait is over: an entry that is left in a heap of timers no longer leads to the select.</summary>
    internal void Disarm() => _expiry.Clear();

    /// <summary>The object that the heap of timers holds in place of the case, often long after the wait is over.</summary>
    /// <remarks>It references the wait only while the wait lasts. Expiry reads the reference without a lock. An expiry that comes late finds
    /// no wait or a later wait. It cannot claim the later wait, since it claims only the wait of its own number.</remarks>
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
