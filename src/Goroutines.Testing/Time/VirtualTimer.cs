using Goroutines.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Testing.Time;

/// <summary>A timer of a <see cref="VirtualClock"/>. Its callback runs as a goroutine of the test, with the creator's execution context.</summary>
/// <remarks>A callback is therefore seen, ordered, explored and reported like everything else in the test. <c>_gate</c> guards the arming
/// and the period.</remarks>
internal sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer, ITimed
{
    private static readonly Func<VirtualTimer, ValueTask> s_call = CallBack;

    private readonly TimerCallback _callback = callback;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly bool _isPromise = AsyncStack.IsPromise(state);
    private readonly Lock _gate = new();
    private ArmingState _arming;
    private long _when;
    private long _period;
    private bool _disposed;

    /// <summary>The argument of the callback. For the framework's own timers, it is the promise that the timer completes.</summary>
    internal object? State => state;

    // These belong to DurableBlocks and are guarded by its lock: the links of its list of armed timers that may lead to goroutines, and the
    // goroutines to which this timer was found to lead.
    internal VirtualTimer? Newer { get; set; }

    internal VirtualTimer? Older { get; set; }

    internal bool IsListed { get; set; }

    internal List<G>? Proved { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        TimerEntry entry;
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            _arming.TryDisarm();
            _period = period == Timeout.InfiniteTimeSpan ? 0 : Nanoseconds(period);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                NoteGone();
                return true;
            }

            _when = Later(clock.Now, Nanoseconds(dueTime));
            entry = new TimerEntry(_when, this, _arming.Arm());
            if (_isPromise)
            {
                clock.Blocks.TimerArmed(this);
            }
        }

        clock.Scheduler.AddTimer(entry);
        return true;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _arming.TryDisarm();
            NoteGone();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    bool ITimed.IsArmed(int arming) => _arming.Stands(arming);

    void ITimed.Expire(int arming)
    {
        TimerEntry next = default;
        lock (_gate)
        {
            if (!_arming.TryClaim(arming))
            {
                return;
            }

            if (_period == 0)
            {
                NoteGone();
            }
            else
            {
                _when = Later(_when, _period);
                next = new TimerEntry(_when, this, _arming.Arm());
                if (_isPromise)
                {
                    clock.Blocks.TimerTicked(this);
                }
            }
        }

        if (next.Target is not null)
        {
            clock.Scheduler.AddTimer(next);
        }

        if (_context is null || ReferenceEquals(_context, Goroutines.Runtime.Scheduler.DefaultContext))
        {
            Start();
        }
        else
        {
            ExecutionContext.Run(_context, static self => ((VirtualTimer)self!).Start(), this);
        }
    }

    /// <summary>The body of the goroutine. It is a named method for the sake of dumps.</summary>
    private static ValueTask CallBack(VirtualTimer timer)
    {
        timer._callback(timer.State);
        return default;
    }

    private void Start()
    {
        Goroutines.Runtime.Scheduler scheduler = clock.Scheduler;
        scheduler.TrySpawn(scheduler.NewGoroutine(s_call, this, null, 0));
    }

    private void NoteGone()
    {
        if (_isPromise)
        {
            clock.Blocks.TimerGone(this);
        }
    }

    private static long Nanoseconds(TimeSpan duration) => duration.Ticks > long.MaxValue / 100 ? long.MaxValue : duration.Ticks * 100;

    private static long Later(long from, long by) => by > long.MaxValue - 1 - from ? long.MaxValue - 1 : from + by;

    private static void Check(TimeSpan duration, string name)
    {
        if (duration < TimeSpan.Zero && duration != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, duration, "A timer's time must not be negative, except Timeout.InfiniteTimeSpan.");
        }
    }
}
