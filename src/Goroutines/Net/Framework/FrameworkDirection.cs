using System.Diagnostics.CodeAnalysis;

namespace Goroutines.Net.Framework;

/// <summary>One direction of a framework socket: one operation at a time, and a deadline that also those obey that wait already.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer of its own holds nothing; the socket turns the timer off when it is closed.")]
internal sealed class FrameworkDirection
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _expiry = new();
    private DateTimeOffset? _deadline;
    private ITimer? _timer;
    private bool _closed;

    /// <summary>Held during an operation.</summary>
    internal GoMutex Turn { get; } = new();

    /// <summary>Ends operations when the deadline has passed, or the socket is closed.</summary>
    internal CancellationToken Expiry
    {
        get
        {
            lock (_lock)
            {
                return _expiry.Token;
            }
        }
    }

    /// <summary>By the clock of the runtime of whoever sets it.</summary>
    internal DateTimeOffset? Deadline
    {
        get
        {
            lock (_lock)
            {
                return _deadline;
            }
        }

        set
        {
            TimeProvider clock = GoRuntime.Current.Scheduler.Clock.Provider;
            CancellationTokenSource? expired = null;
            lock (_lock)
            {
                if (_closed)
                {
                    return;
                }

                _deadline = value;
                _timer?.Dispose();
                _timer = null;
                TimeSpan left = value is { } at ? at - clock.GetUtcNow() : Timeout.InfiniteTimeSpan;
                if (value is not null && left <= TimeSpan.Zero)
                {
                    expired = _expiry;
                }
                else
                {
                    if (_expiry.IsCancellationRequested)
                    {
                        _expiry = new CancellationTokenSource();
                    }

                    if (value is not null)
                    {
                        _timer = new Alarm(this, clock, left).Timer;
                    }
                }
            }

            expired?.Cancel(); // without the lock: it runs what waits for it
        }
    }

    /// <summary>The socket is being closed: whoever waits for his turn is let go.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _timer?.Dispose();
            _timer = null;
        }

        _expiry.Cancel();
    }

    private void Expire(Alarm alarm)
    {
        CancellationTokenSource expired;
        lock (_lock)
        {
            if (!ReferenceEquals(_timer, alarm.Timer))
            {
                return; // the deadline has been changed meanwhile
            }

            expired = _expiry;
        }

        expired.Cancel();
    }

    /// <summary>The timer of one deadline.</summary>
    private sealed class Alarm
    {
        /// <summary>The longest a timer takes is 49 days; connections are not left alone for that long.</summary>
        private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(int.MaxValue);

        private readonly FrameworkDirection _direction;

        /// <summary>Made while the direction is locked, so that one that fires at once finds it stored.</summary>
        internal Alarm(FrameworkDirection direction, TimeProvider clock, TimeSpan left)
        {
            _direction = direction;
            Timer = clock.CreateTimer(static self => ((Alarm)self!).Fire(), this, left < s_longest ? left : s_longest, Timeout.InfiniteTimeSpan);
        }

        internal ITimer Timer { get; }

        private void Fire() => _direction.Expire(this);
    }
}
