using System.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Time;

namespace Goroutines;

/// <summary>Delivers the time on the channel <see cref="C"/> again and again, at equal intervals (Go's <c>time.Ticker</c>).</summary>
/// <remarks>
/// <para>A receiver that is too slow misses ticks: at most one waits for it, with the time of the first one it missed, and
/// the next comes at the next whole interval. Semantics are those of Go 1.23 and later: the channel is unbuffered, so after
/// <see cref="Stop"/> or <see cref="Reset"/> nobody receives a tick from before.</para>
/// <para>Thread-safe. The clock is that of the runtime the ticker was made in. A ticker needs no disposal:
/// dropped, it is garbage collected.</para>
/// </remarks>
[DebuggerDisplay("Ticker")]
public sealed class Ticker : IDisposable
{
    private readonly TimerFeed _feed;

    /// <summary>Starts a ticker; the first tick comes after one <paramref name="period"/> (time.NewTicker).</summary>
    /// <param name="period">The time between ticks.</param>
    /// <param name="runtime">The runtime whose clock it goes by; <see langword="null"/>: the current one.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero or negative.</exception>
    public Ticker(TimeSpan period, GoRuntime? runtime = null)
    {
        Durations.ValidatePeriod(period);
        _feed = new TimerFeed((runtime ?? GoRuntime.Current).Scheduler);
        _feed.Start(period, period);
    }

    /// <summary>Gets where the ticks are delivered. Its count and capacity are 0. Stopping the ticker does not close it.</summary>
    public Receiver<DateTimeOffset> C => _feed.Receiver;

    /// <summary>Sets another period; the next tick comes when it has passed once, and one that was due is dropped.</summary>
    /// <param name="period">The time between ticks.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is zero or negative.</exception>
    public void Reset(TimeSpan period)
    {
        Durations.ValidatePeriod(period);
        _feed.Start(period, period);
    }

    /// <summary>Stops the ticks, until <see cref="Reset"/>. It does not close <see cref="C"/>: receivers wait on.</summary>
    public void Stop() => _feed.Stop();

    /// <summary>Stops the ticks, as <see cref="Stop"/>.</summary>
    public void Dispose() => _feed.Stop();
}
