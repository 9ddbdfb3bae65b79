using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Keeps the look that requests share, and limits looks to one at a time and two per second.</summary>
/// <remarks>The look is held weakly, since it refers to every goroutine: it must not keep garbage alive between requests.</remarks>
internal sealed class LookCache(GoRuntime runtime)
{
    private const long Between = 500_000_000;

    private readonly GoMutex _turn = new();
    private readonly WeakReference<Look?> _last = new(null);
    private long _lastAt = long.MinValue / 2;

    internal async ValueTask<Look> GetAsync(CancellationToken cancellationToken)
    {
        using (await _turn.LockAsync(cancellationToken).ConfigureAwait(false))
        {
            long since = Clock.SystemNanoseconds() - _lastAt;
            if (since < Between)
            {
                if (_last.TryGetTarget(out Look? last))
                {
                    return last;
                }

#pragma warning disable RS0030 // real time: it limits the load on real processors
                await Task.Delay(TimeSpan.FromMilliseconds((Between - since) / 1_000_000.0), TimeProvider.System, cancellationToken).ConfigureAwait(false);
#pragma warning restore RS0030
            }

            Look look = Look.At(runtime);
            GoFindings.HistoryOf(runtime).Add(look);
            _last.SetTarget(look);
            _lastAt = Clock.SystemNanoseconds();
            return look;
        }
    }
}
