using System.Diagnostics.CodeAnalysis;

namespace Goroutines.Net.Framework;

/// <summary>One direction of a framework socket: one operation at a time, and a deadline that also those obey that wait already.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source whose timer is off holds nothing; the socket turns it off when it is closed.")]
internal sealed class FrameworkDirection
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock = GoRuntime.Current.Scheduler.Clock.Provider;
    private CancellationTokenSource? _expiry;
    private DateTimeOffset? _deadline;

    /// <summary>Held during an operation.</summary>
    internal GoMutex Turn { get; } = new();

    /// <summary>Ends operations when the deadline has passed.</summary>
    internal CancellationToken Expiry
    {
        get
        {
            lock (_lock)
            {
                _expiry ??= new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
                return _expiry.Token;
            }
        }
    }

    /// <summary>The socket is being closed: whoever waits for his turn is let go.</summary>
    internal void Close() => Deadline = DateTimeOffset.MinValue;

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
            CancellationTokenSource expiry;
            TimeSpan left;
            lock (_lock)
            {
                _deadline = value;
                if (_expiry is null or { IsCancellationRequested: true })
                {
                    _expiry?.Dispose();
                    _expiry = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
                }

                expiry = _expiry;
                left = value is { } at ? at - _clock.GetUtcNow() : Timeout.InfiniteTimeSpan;
                if (left > TimeSpan.Zero)
                {
                    // The longest a timer takes is 49 days; connections are not left alone for that long.
                    expiry.CancelAfter(left.TotalMilliseconds < int.MaxValue ? left : TimeSpan.FromMilliseconds(int.MaxValue));
                    return;
                }

                expiry.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            if (value is not null)
            {
                expiry.Cancel(); // without the lock: it runs what waits for it
            }
        }
    }
}
