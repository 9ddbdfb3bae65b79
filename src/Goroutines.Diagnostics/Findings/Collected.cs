namespace Goroutines.Diagnostics;

/// <summary>Reports goroutines that were garbage collected while parked, by creation site. Their leaks are over.</summary>
internal static class Collected
{
    private const int MostSites = 20;

    internal static void Add(List<Finding> findings, Look look)
    {
        IReadOnlyCollection<KeyValuePair<string, long>> sites = look.Scheduler.CollectedSites;
        foreach ((string site, long count) in sites.OrderByDescending(static site => site.Value).Take(MostSites))
        {
            string cut = Sites.Cut(site);
            findings.Add(new Finding(
                "collected",
                FindingCertainty.Proved,
                $"{Words.Many(count)} from {cut} {(count == 1 ? "was" : "were")} collected while parked",
                "Nothing was left that could have woken them, so the garbage collector took them. Their finally blocks and using declarations did not run.",
                "Look for the path on which the other side of the channel returns early. Give the goroutine a token, or the channel a buffer for the value that nobody may come for.")
            {
                Site = cut,
                Count = count,
            });
        }

        long counted = sites.Sum(static site => site.Value);
        if (look.Scheduler.Collected - counted is var others and > 0)
        {
            findings.Add(new Finding(
                "collected",
                FindingCertainty.Proved,
                $"{Words.Many(others, "was", "were")} collected while parked, before it was counted where they came from",
                "Nothing was left that could have woken them, so the garbage collector took them.",
                "Set Go.LeakHandler, or call GoTracking.CountCollected, at the start of the program to learn where they were created.")
            {
                Count = others,
            });
        }
    }
}
