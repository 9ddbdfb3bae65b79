using System.Runtime.CompilerServices;

namespace Goroutines.Diagnostics;

/// <summary>Finds faults and possible faults of a runtime's goroutines: deadlocks among some of them, leaks, starvation, hot locks and
/// channels.</summary>
/// <remarks>
/// <para>All members are safe to call from any thread, even if the runtime hangs: nothing in it is stopped, and nothing runs in it. There
/// is no cost between calls.</para>
/// <para>Deadlocks among mutexes are found only while <see cref="GoTracking.Holders"/> is on; those among joins, scopes, groups and
/// <see cref="Once"/> always. Growth of a site, and unusually long waits at it, are found by comparing calls: call <see cref="FindAsync"/>
/// from time to time.</para>
/// </remarks>
public static class GoFindings
{
    private static readonly ConditionalWeakTable<GoRuntime, FindingHistory> s_histories = [];

    /// <summary>Looks twice, a moment apart, and returns what was found.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the wait between the looks.</param>
    /// <returns>The findings: proved ones first, then measured ones, then suspected ones; in each group those that concern most goroutines
    /// first.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<IReadOnlyList<Finding>> FindAsync(GoRuntime runtime, FindingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        options ??= new FindingOptions();
        Look before = Look.At(runtime);
        Progress progress = Progress.Of(before);
        SelfWaking yields = SelfWaking.Of(before);
        HotChannels channels = HotChannels.Of(before);
        Deadlocks deadlocks = Deadlocks.In(before);
        for (int i = 0; i < SelfWaking.Windows; i++)
        {
#pragma warning disable RS0030 // real time: this measures the progress of real threads, whatever the runtime's clock is
            await Task.Delay(options.BetweenLooks / SelfWaking.Windows, TimeProvider.System, cancellationToken).ConfigureAwait(false);
#pragma warning restore RS0030
            yields.Watch();
        }

        Look look = Look.At(runtime);
        FindingHistory history = HistoryOf(runtime);
        history.Add(look);
        List<Finding> findings = [];
        deadlocks.AddConfirmed(findings, look);
        NeverWoken.Add(findings, look);
        Collected.Add(findings, look);
        progress.AddMeasured(findings, look, options);
        yields.AddMeasured(findings);
        Locks.Add(findings, look, options);
        channels.AddMeasured(findings, look, options);
        Suspects.Add(findings, look, options);
        history.AddGrowing(findings, options);
        history.AddOld(findings, look, options);
        findings.Sort(static (a, b) => a.Certainty != b.Certainty ? b.Certainty.CompareTo(a.Certainty) : b.Count.CompareTo(a.Count));
        return findings;
    }

    /// <summary>Gets what earlier looks at the runtime have recorded.</summary>
    internal static FindingHistory HistoryOf(GoRuntime runtime) => s_histories.GetValue(runtime, static _ => new FindingHistory());
}
