using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Time;

namespace Goroutines;

/// <summary>Delivers the time on the channel <see cref="C"/> repeatedly, at equal intervals (Go's <c>time.Ticker</c>).</summary>
/// <remarks>
/// <para>A receiver that is too slow misses ticks: at most one tick is pending, with the time of the first one that was missed, and
/// the next comes at the next whole interval. The semantics are those of Go 1.23 and later: the channel is unbuffered, so after
/// <see cref="Stop"/> or <see cref="Reset"/> no receiver gets an earlier tick.</para>
/// <para>Thread-safe. The clock is that of the runtime in which the ticker was created. A ticker need not be disposed:
/// it can be garbage collected once no reference to it is left.</para>
/// </remarks>
[DebuggerDisplay("Ticker")]
public sealed class Ticker : IDisposable
{
    private readonly TimerFeed _feed;

    /// <summary>Starts a ticker; the first tick comes after one <paramref name="period"/> (time.NewTicker).</summary>
    /// <param name="period">The time between ticks.</param>
    /// <param name="runtime">The runtime whose clock is used; <see langword="null"/> for the current one.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero or negative.</exception>
    public Ticker(TimeSpan period, GoRuntime? runtime = null)
    {
        Durations.ValidatePeriod(period);
        _feed = new TimerFeed((runtime ?? GoRuntime.Current).Scheduler);
        _feed.Start(period, period);
    }

    /// <summary>Gets the channel on which the ticks are delivered. Its count and capacity are 0. Stopping the ticker does not close it.</summary>
    public Receiver<DateTimeOffset> C => _feed.Receiver;

    /// <summary>Changes the period. The next tick comes after one new period; a tick that was due is dropped.</summary>
    /// <param name="period">The time between ticks.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero or negative.</exception>
    public void Reset(TimeSpan period)
    {
        Durations.ValidatePeriod(period);
        _feed.Start(period, period);
    }

    /// <summary>Stops the ticks until <see cref="Reset"/>. It does not close <see cref="C"/>: receivers keep waiting.</summary>
    public void Stop() => _feed.Stop();

    /// <summary>Stops the ticks, as <see cref="Stop"/>.</summary>
    public void Dispose() => _feed.Stop();
}
