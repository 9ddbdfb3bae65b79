using System.Runtime.CompilerServices;

namespace Goroutines.Diagnostics;

/// <summary>Finds goroutines that will never go on.</summary>
/// <remarks>All members are safe to call from any thread. <see cref="FindAsync"/> searches now; <see cref="Last"/> returns the last result,
/// and <see langword="null"/> rather than an empty report if there was no search.</remarks>
public static class GoLeaks
{
    private const int Collections = 3;

    private static readonly ConditionalWeakTable<GoRuntime, LeakReport> s_last = [];

    /// <summary>Forces garbage collections and reports leaked and possibly leaked goroutines.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the search between collections and between looks.</param>
    /// <returns>What was found.</returns>
    /// <remarks>Full garbage collections stop the whole process: for milliseconds with a small heap, longer with a large one. A goroutine
    /// that a collection takes was unreachable and counts in <see cref="LeakReport.Collected"/>. Its creation site is known only if
    /// <see cref="GoRuntime.LeakHandler"/> was set, or <see cref="GoTracking.CountCollected"/> called, before it was collected. So the
    /// first search calls <see cref="GoTracking.CountCollected"/>, whose cost remains from then on.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <see cref="Last"/> is unchanged.</exception>
    public static async Task<LeakReport> FindAsync(GoRuntime runtime, FindingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        GoTracking.CountCollected(runtime);
        for (int i = 0; i < Collections; i++)
        {
            // The first collection finds a goroutine with a notice dead, the finalizer describes it, and the next collection frees it.
            cancellationToken.ThrowIfCancellationRequested();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }

        IReadOnlyList<Finding> findings = await GoFindings.FindAsync(runtime, options, cancellationToken).ConfigureAwait(false);
        LeakReport report = new(
            runtime.Scheduler.Clock.UtcNow,
            runtime.Scheduler.Collected,
            [.. findings.Where(static finding => finding.Kind is "deadlock" or "collected" or "never-woken" or "abandoned-senders" or "abandoned-receivers" or "growing-site" or "old-for-site")]);
        s_last.AddOrUpdate(runtime, report);
        return report;
    }

    /// <summary>Returns the result of the last <see cref="FindAsync"/> that completed for a runtime.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <returns>The result, or <see langword="null"/> if there was none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> is <see langword="null"/>.</exception>
    public static LeakReport? Last(GoRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return s_last.TryGetValue(runtime, out LeakReport? report) ? report : null;
    }
}
