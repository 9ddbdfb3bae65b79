using Goroutines.Diagnostics.Profiles;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Collects data for the profiles <c>block</c>, <c>mutex</c>, <c>spawn</c> and <c>leak</c>, from <see cref="Start"/> until it is
/// disposed of.</summary>
/// <remarks>All members are safe to call from any thread. When the last instance for a runtime is disposed of, the counts are discarded,
/// except those of leaks.</remarks>
public sealed class GoProfiling : IDisposable
{
    private readonly Tracer _tracer;
    private readonly LeakTally? _leaks;
    private int _disposed;

    private GoProfiling(Scheduler scheduler, GoProfilingOptions options)
    {
        _tracer = scheduler.Tracer;
        _tracer.OpenProfiles((long)options.BlockRate.TotalNanoseconds);
        if (options.Leaks)
        {
            _leaks = LeakTally.Of(scheduler);
            _leaks.Open(scheduler);
        }
    }

    /// <summary>Starts profiling.</summary>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <returns>An object that ends profiling when it is disposed of.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="GoProfilingOptions.BlockRate"/> is not positive.</exception>
    public static GoProfiling Start(GoProfilingOptions? options = null)
    {
        options ??= new GoProfilingOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockRate, TimeSpan.FromTicks(1), nameof(options));
        return new GoProfiling((options.Runtime ?? GoRuntime.Current).Scheduler, options);
    }

    /// <summary>Ends profiling.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _tracer.CloseProfiles();
            _leaks?.Close();
        }
    }
}
