using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Keeps the one stretch of time that the page's timeline shows, so that it does not change while a person zooms into
/// it.</summary>
/// <remarks>Thread-safe. The stretch takes memory for each of its turns, so it is released one to two minutes after the last
/// request.</remarks>
internal sealed class TimelineCache
{
    private static readonly TimeSpan s_lasts = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _last;
    private TraceModel? _model;
    private long _usedAt;
    private ITimer? _timer;

    /// <summary>Keeps a stretch instead of the previous one.</summary>
    /// <returns>Its number.</returns>
    internal long Keep(TraceModel model)
    {
        lock (_lock)
        {
            _model = model;
            _usedAt = Clock.SystemNanoseconds();
#pragma warning disable RS0030 // real time: it decides when real memory is released
            _timer ??= TimeProvider.System.CreateTimer(static cache => ((TimelineCache)cache!).Look(), this, s_lasts, s_lasts);
#pragma warning restore RS0030
            return ++_last;
        }
    }

    /// <summary>Returns the stretch with a number; null if it is no longer kept.</summary>
    internal TraceModel? Find(long id)
    {
        lock (_lock)
        {
            _usedAt = Clock.SystemNanoseconds();
            return id == _last ? _model : null;
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            if (Clock.SystemNanoseconds() - _usedAt >= s_lasts.Ticks * 100)
            {
                _model = null;
                _timer?.Dispose();
                _timer = null;
            }
        }
    }
}
