using Goroutines.Diagnostics.Profiles;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Switches on what the profiles <c>block</c>, <c>mutex</c>, <c>spawn</c> and <c>leak</c> need, from <see cref="Start"/> until it is disposed of.</summary>
/// <remarks>Safe from any thread. What was counted is forgotten when the last one that profiles the runtime is disposed of; leaks are kept.</remarks>
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

    /// <summary>Begins.</summary>
    /// <param name="options">The settings; <see langword="null"/>: the defaults.</param>
    /// <returns>What ends it when it is disposed of.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="GoProfilingOptions.BlockRate"/> is not positive.</exception>
    public static GoProfiling Start(GoProfilingOptions? options = null)
    {
        options ??= new GoProfilingOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockRate, TimeSpan.FromTicks(1), nameof(options));
        return new GoProfiling((options.Runtime ?? GoRuntime.Current).Scheduler, options);
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _tracer.CloseProfiles();
            _leaks?.Close();
        }
    }
}
