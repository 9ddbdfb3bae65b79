using System.Globalization;
using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Remembers how many goroutines each creation site had at earlier looks, and how long they waited.</summary>
/// <remarks>Looks within two seconds of each other count as one; otherwise a page that is refreshed often would report a trend too soon. A
/// site is forgotten when a look finds none of its goroutines. The state is guarded by the object's own lock.</remarks>
internal sealed class FindingHistory
{
    private const int MostLooks = 60;
    private const int MostSites = 2_000;
    private const int LooksForTrend = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, Series> _sites = [];
    private readonly WaitHistory _waits = new();

    private long _lastAt = long.MinValue;

    /// <summary>The minimum time between two looks that count, in nanoseconds.</summary>
    internal long LeastBetween { get; init; } = 2_000_000_000;

    internal void Add(Look look)
    {
        lock (_lock)
        {
            if (_lastAt != long.MinValue && look.Now - _lastAt < LeastBetween)
            {
                return;
            }

            _lastAt = look.Now;
            Dictionary<ushort, (int Count, long Oldest, G Example)> counts = [];
            _waits.Begin(look.Now);
            foreach (G g in look.Goroutines)
            {
                ref (int Count, long Oldest, G Example) count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, g.TraceSite, out _);
                count = (count.Count + 1, Math.Max(count.Oldest, look.AgeOf(g)), g);
                _waits.Observe(g);
            }

            _waits.End();
            foreach (ushort gone in _sites.Keys.Where(key => !counts.ContainsKey(key)).ToArray())
            {
                _sites.Remove(gone);
            }

            foreach ((ushort key, (int count, long oldest, G example)) in counts)
            {
                if (!_sites.TryGetValue(key, out Series? series))
                {
                    if (_sites.Count >= MostSites)
                    {
                        continue;
                    }

                    _sites[key] = series = new Series(Sites.Of(example, fullPaths: false));
                }

                series.Add(look.Now, count, oldest);
            }
        }
    }

    /// <summary>Returns how many goroutines the site of <paramref name="example"/> had at the looks so far, oldest first.</summary>
    internal IReadOnlyList<(long At, int Count)> Of(G example)
    {
        lock (_lock)
        {
            return _sites.TryGetValue(example.TraceSite, out Series? series)
                ? [.. series.Points]
                : [];
        }
    }

    internal void AddGrowing(List<Finding> findings, FindingOptions options)
    {
        lock (_lock)
        {
            foreach (Series series in _sites.Values)
            {
                if (series.Grows(options, out int from, out int to, out long during))
                {
                    findings.Add(new Finding(
                        "growing-site",
                        FindingCertainty.Suspected,
                        string.Create(CultureInfo.InvariantCulture, $"The goroutines from {series.Site} have grown from {from:N0} to {to:N0} in {Words.Age(during)}"),
                        string.Create(CultureInfo.InvariantCulture, $"Their number rose in most of the last {series.Points.Count} looks and never fell. The oldest has waited for {Words.Age(series.Oldest)}."),
                        "See what they wait for, and whether it can still come. Goroutines that are started for each request and never end are a leak.")
                    {
                        Site = series.Site,
                        Count = to,
                    });
                }
            }
        }
    }

    /// <summary>Adds findings about goroutines that have waited much longer than others of their site.</summary>
    internal void AddOld(List<Finding> findings, Look look, FindingOptions options)
    {
        lock (_lock)
        {
            _waits.AddOld(findings, look, options);
        }
    }

    private sealed class Series(string site)
    {
        internal string Site => site;

        internal List<(long At, int Count)> Points { get; } = [];

        internal long Oldest { get; private set; }

        internal void Add(long at, int count, long oldest)
        {
            if (Points.Count == MostLooks)
            {
                Points.RemoveAt(0);
            }

            Points.Add((at, count));
            Oldest = oldest;
        }

        /// <summary>Returns true if the number rose in more than half of the steps between looks, never fell, and grew by enough over a
        /// long enough time.</summary>
        internal bool Grows(FindingOptions options, out int from, out int to, out long during)
        {
            from = Points[0].Count;
            to = Points[^1].Count;
            during = Points[^1].At - Points[0].At;
            int rose = 0;
            for (int i = 1; i < Points.Count; i++)
            {
                if (Points[i].Count < Points[i - 1].Count)
                {
                    return false;
                }

                rose += Points[i].Count > Points[i - 1].Count ? 1 : 0;
            }

            return Points.Count >= LooksForTrend && rose > (Points.Count - 1) / 2 && to - from >= options.Many && during >= options.SuspectAfter.Ticks * 100 && Oldest >= options.SuspectAfter.Ticks * 100;
        }
    }
}
