using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>The stretch that the page's timeline shows: kept while it is being looked at, so that a person zooms into what does not change. There is one.</summary>
/// <remarks>Safe from any thread. It lets go a minute after the last request: the memory is that of the turns in it.</remarks>
internal sealed class TimelineCache
{
    private static readonly TimeSpan s_lasts = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _last;
    private TraceModel? _model;
    private long _usedAt;
    private ITimer? _timer;

    /// <summary>Keeps a stretch, in place of the one before.</summary>
    /// <returns>Its number.</returns>
    internal long Keep(TraceModel model)
    {
        lock (_lock)
        {
            _model = model;
            _usedAt = Clock.SystemNanoseconds();
#pragma warning disable RS0030 // real memory is let go of after real time
            _timer ??= TimeProvider.System.CreateTimer(static cache => ((TimelineCache)cache!).Look(), this, s_lasts, s_lasts);
#pragma warning restore RS0030
            return ++_last;
        }
    }

    /// <summary>The stretch of a number; null if it has been let go of.</summary>
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
