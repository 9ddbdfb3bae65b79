using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>The monotonic clock of one runtime, in nanoseconds since the runtime was created.</summary>
internal sealed class Clock
{
    private readonly TimeProvider _provider;
    private readonly long _origin;
    private readonly bool _isSystem;

    internal Clock(TimeProvider provider)
    {
        _provider = provider;
        _isSystem = ReferenceEquals(provider, TimeProvider.System);
        _origin = _isSystem ? SystemNanoseconds() : provider.GetTimestamp();
    }

    /// <summary>The provider's timestamp when the runtime was created; for the system's clock, in nanoseconds.</summary>
    internal long Origin => _origin;

    internal TimeProvider Provider => _provider;

    /// <summary>Whether threads may sleep on this clock themselves; otherwise the provider's timers have to wake them.</summary>
    internal bool IsSystem => _isSystem;

    internal long Now => _isSystem
        ? SystemNanoseconds() - _origin
        : (long)((Int128)(_provider.GetTimestamp() - _origin) * 1_000_000_000 / _provider.TimestampFrequency);

    internal DateTimeOffset UtcNow => _provider.GetUtcNow();

    /// <summary>Returns the time of the machine's monotonic clock. The scheduler's own waits use it whatever the provider is.</summary>
    internal static long SystemNanoseconds()
    {
        long ticks = Stopwatch.GetTimestamp();
        return Stopwatch.Frequency == 1_000_000_000 ? ticks : (long)((Int128)ticks * 1_000_000_000 / Stopwatch.Frequency);
    }

    /// <summary>Returns when a wait of <paramref name="duration"/> that begins now ends. Saturates instead of overflowing.</summary>
    internal long Deadline(TimeSpan duration)
    {
        long now = Math.Max(0, Now); // below zero only if the provider's timestamps go backwards
        return duration.Ticks > (long.MaxValue - now) / 100 ? long.MaxValue - 1 : now + (duration.Ticks * 100);
    }
}
