using Goroutines.Runtime;
using Goroutines.Testing.Driving;

namespace Goroutines.Testing.Time;

/// <summary>The clock of a test: it stands still while anything runs, and is set forward by the driver.</summary>
/// <remarks>Its timers live in the heap of the test's own scheduler, beside sleeps and tickers: there is one answer to what is due next.</remarks>
internal sealed class VirtualClock(DurableBlocks blocks) : TimeProvider
{
    /// <summary>As in Go's testing/synctest: midnight UTC 2000-01-01.</summary>
    internal static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _now;
    private Scheduler? _scheduler;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => 1_000_000_000;

    /// <summary>Nanoseconds since the beginning; also what the scheduler's own clock says.</summary>
    internal long Now => Volatile.Read(ref _now);

    internal Scheduler Scheduler => _scheduler!;

    /// <summary>What is to know of timers that lead to goroutines.</summary>
    internal DurableBlocks Blocks => blocks;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow()
    {
        long ticks = Now / 100;
        return ticks < (DateTimeOffset.MaxValue - Start).Ticks ? Start.AddTicks(ticks) : DateTimeOffset.MaxValue;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void Attach(Scheduler scheduler) => _scheduler = scheduler;

    internal void SetForward(long now) => Volatile.Write(ref _now, now);
}
