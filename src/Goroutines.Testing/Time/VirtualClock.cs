using Goroutines.Runtime;
using Goroutines.Testing.Driving;

namespace Goroutines.Testing.Time;

/// <summary>The clock of a test. It stands still while anything runs; the driver sets it forward.</summary>
/// <remarks>Its timers are in the heap of the test's own scheduler, beside sleeps and tickers, so one heap determines what is due
/// next.</remarks>
internal sealed class VirtualClock(DurableBlocks blocks) : TimeProvider
{
    /// <summary>As in Go's testing/synctest: midnight UTC 2000-01-01.</summary>
    internal static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _now;
    private Scheduler? _scheduler;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => 1_000_000_000;

    /// <summary>The nanoseconds since the start. The scheduler's own clock shows the same time.</summary>
    internal long Now => Volatile.Read(ref _now);

    internal Scheduler Scheduler => _scheduler!;

    /// <summary>Is notified of timers that may lead to goroutines.</summary>
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
