using System.Globalization;
using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>How many goroutines each place had at earlier looks.</summary>
/// <remarks>Looks that follow each other within two seconds count as one, so that a page that is refreshed often does not take three looks for a trend.
/// A place is forgotten when a look finds none of its goroutines. Guarded by its own lock.</remarks>
internal sealed class FindingHistory
{
    private const int MostLooks = 60;
    private const int MostSites = 2_000;
    private const int LooksForTrend = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<SiteKey, Series> _sites = [];

    private long _lastAt = long.MinValue;

    /// <summary>The least time between two looks that count, in nanoseconds.</summary>
    internal long LeastBetween { get; init; } = 2_000_000_000;

    internal void Add(Look look)
    {
        Dictionary<SiteKey, (int Count, long Oldest, G Example)> counts = [];
        foreach (G g in look.Goroutines)
        {
            ref (int Count, long Oldest, G Example) count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, SiteKey.Of(g), out _);
            count = (count.Count + 1, Math.Max(count.Oldest, look.AgeOf(g)), g);
        }

        lock (_lock)
        {
            if (_lastAt != long.MinValue && look.Now - _lastAt < LeastBetween)
            {
                return;
            }

            _lastAt = look.Now;
            foreach (SiteKey gone in _sites.Keys.Where(key => !counts.ContainsKey(key)).ToArray())
            {
                _sites.Remove(gone);
            }

            foreach ((SiteKey key, (int count, long oldest, G example)) in counts)
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

    /// <summary>How many goroutines a place had at the looks so far, oldest first.</summary>
    internal IReadOnlyList<(long At, int Count)> Of(G example)
    {
        lock (_lock)
        {
            return _sites.TryGetValue(SiteKey.Of(example), out Series? series)
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

    /// <summary>A place: a file and a line, or a name where no file is known.</summary>
    private readonly record struct SiteKey(string Text, int Line)
    {
        internal static SiteKey Of(G g) => g.CreatedFile is { Length: > 0 } file ? new SiteKey(file, g.CreatedLine) : new SiteKey(Traceback.NameOf(g), -1);

        /// <summary>Without reading the whole path, once for each of a million goroutines.</summary>
        public override int GetHashCode() => HashCode.Combine(Text.Length, Line);
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

        /// <summary>Whether the number rose in more than half of the steps between looks, never fell, and has come to something.</summary>
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
