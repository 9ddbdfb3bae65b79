using System.Runtime.CompilerServices;

namespace Goroutines.Diagnostics;

/// <summary>Looks for what is, or may be, wrong with the goroutines of a runtime: deadlocks among some of them, leaks, starvation, hot locks and channels.</summary>
/// <remarks>
/// <para>Safe from any thread, also of a runtime that hangs: nothing is stopped, and nothing runs in it. What is not asked for costs nothing.</para>
/// <para>Deadlocks among mutexes are found while <see cref="GoTracking.Holders"/> is on; those among joins, scopes, groups and <see cref="Once"/> always. That a
/// site grows, and how long the goroutines of a site wait as a rule, is seen between looks: look now and then.</para>
/// </remarks>
public static class GoFindings
{
    private static readonly ConditionalWeakTable<GoRuntime, FindingHistory> s_histories = [];

    /// <summary>Looks twice, a moment apart, and tells what was found.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="options">Settings; <see langword="null"/>: the defaults.</param>
    /// <param name="cancellationToken">Ends the wait between the looks.</param>
    /// <returns>The findings: what is proved first, then what was measured, then what is suspected; of each the gravest first.</returns>
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
#pragma warning disable RS0030 // real time: it is measured how real threads get on, whatever the runtime's clock
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

    /// <summary>What earlier looks at the runtime have seen.</summary>
    internal static FindingHistory HistoryOf(GoRuntime runtime) => s_histories.GetValue(runtime, static _ => new FindingHistory());
}
