using System.Runtime.CompilerServices;

namespace Goroutines.Diagnostics;

/// <summary>Looks for goroutines that will never go on.</summary>
/// <remarks>Safe from any thread. <see cref="FindAsync"/> looks now; <see cref="Last"/> is what was found before. There is no third, so that a
/// result that was never looked for is not taken for none.</remarks>
public static class GoLeaks
{
    private const int Collections = 3;

    private static readonly ConditionalWeakTable<GoRuntime, LeakReport> s_last = [];

    /// <summary>Collects garbage, looks at what is left, and reports.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="options">Settings; <see langword="null"/>: the defaults.</param>
    /// <param name="cancellationToken">Ends the wait between the looks.</param>
    /// <returns>What was found.</returns>
    /// <remarks>It forces full garbage collections, which stop the whole process for as long as they take: milliseconds with a small heap, more with a large one.
    /// A goroutine that a collection has just taken has stood in nothing's reach, and is counted in <see cref="LeakReport.Collected"/>; where it came from is known if
    /// <see cref="GoRuntime.LeakHandler"/> was set, or <see cref="GoTracking.CountCollected"/> called, before it parked or while it was still there. So the first search calls <see cref="GoTracking.CountCollected"/>, with what that costs from then on.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; <see cref="Last"/> is what it was.</exception>
    public static async Task<LeakReport> FindAsync(GoRuntime runtime, FindingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        GoTracking.CountCollected(runtime);
        for (int i = 0; i < Collections; i++)
        {
            // A goroutine with a notice is found dead by the first collection, described by the finalizer, and freed by the next.
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

    /// <summary>The result of the last <see cref="FindAsync"/> for a runtime that has come to its end, with its time.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <returns>The result; <see langword="null"/> if it was never looked.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> is <see langword="null"/>.</exception>
    public static LeakReport? Last(GoRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return s_last.TryGetValue(runtime, out LeakReport? report) ? report : null;
    }
}
