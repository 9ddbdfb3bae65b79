using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Keeps findings for two seconds, to be shared by requests. They are texts and numbers, so they keep no goroutine
/// alive.</summary>
internal sealed class FindingCache(GoRuntime runtime)
{
    private const long Lasts = 2_000_000_000;

    private readonly GoMutex _turn = new();
    private IReadOnlyList<Finding> _last = [];
    private long _lastAt = long.MinValue / 2;

    internal async ValueTask<IReadOnlyList<Finding>> GetAsync(CancellationToken cancellationToken)
    {
        using (await _turn.LockAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Clock.SystemNanoseconds() - _lastAt >= Lasts)
            {
                _last = await GoFindings.FindAsync(runtime, cancellationToken: cancellationToken).ConfigureAwait(false);
                _lastAt = Clock.SystemNanoseconds();
            }

            return _last;
        }
    }
}
