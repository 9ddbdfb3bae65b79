using System.Globalization;
using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Remembers how long goroutines waited at earlier looks, by creation site and wait reason.</summary>
/// <remarks>
/// <para>For each place (a site and a reason) the longest waits of the last look are kept, as id and time; no reference to a goroutine is.
/// A kept wait that the next look does not find has ended. It is taken to have lasted until now if the looks are close together (an upper
/// bound); otherwise until the look before (a lower bound). So the usual length of waits at a place is known, although goroutines record
/// nothing while they run.</para>
/// <para>A wait is old for its place if it is more than ten times as long as every other wait there, whether that goes on or was seen to
/// end, and if there are enough other goroutines to compare it with. Sleeps, sockets and blocking regions are left out, since their length
/// says nothing about the place. The caller guards this object with a lock.</para>
/// </remarks>
internal sealed class WaitHistory
{
    private const int MostPlaces = 2_000;
    private const int Kept = 16;

    /// <summary>How many waits at one place may count as exceptions.</summary>
    private const int MostOld = 8;
    private const int TimesLonger = 10;
    private const int MostCompared = 64;
    private const long LeastLongest = 1_000_000;

    /// <summary>Looks further apart than this do not show closely enough when a wait ended.</summary>
    private const long Close = 10_000_000_000;

    private readonly Dictionary<int, Place> _places = [];
    private long _now;
    private long _before = long.MinValue / 2;

    internal void Begin(long now)
    {
        _now = now;
        foreach (Place place in _places.Values)
        {
            place.Begin();
        }
    }

    internal void Observe(G g)
    {
        if (g.Status != GStatus.Waiting || g.Reason is WaitReason.None or WaitReason.Sleep or WaitReason.IO or WaitReason.Blocking or WaitReason.TestWait)
        {
            return;
        }

        ref Place? place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, (g.TraceSite << 8) | (int)g.Reason, out _);
        place ??= new Place(g.Reason);
        place.Observe(g.Id, g.ParkedAt);
    }

    internal void End()
    {
        foreach (Place place in _places.Values)
        {
            place.End(_now, _before);
        }

        _before = _now;
        if (_places.Count > MostPlaces)
        {
            foreach (int key in _places.OrderBy(static pair => pair.Value.Count).Take(_places.Count - MostPlaces).Select(static pair => pair.Key).ToArray())
            {
                _places.Remove(key);
            }
        }
    }

    internal void AddOld(List<Finding> findings, Look look, FindingOptions options)
    {
        foreach (Place place in _places.Values)
        {
            long[] old = place.FindOld(_now, options);
            G[] goroutines = [.. old.Select(look.Find).OfType<G>().Where(g => g.Status == GStatus.Waiting && g.Reason == place.Reason)];
            if (goroutines.Length == 0)
            {
                continue; // there are none, or their waits have ended since
            }

            G oldest = goroutines[0];
            string site = Sites.Of(oldest, fullPaths: false);
            long other = Math.Max(place.LongestOther(old.Length, _now), LeastLongest);
            string token = Inspection.TargetOf(oldest, out bool hasToken) is not null && hasToken ? " A token may end the wait." : "";
            findings.Add(new Finding(
                "old-for-site",
                FindingCertainty.Suspected,
                $"{Words.Many(goroutines.Length)} from {site} {(goroutines.Length == 1 ? "has" : "have")} waited for up to {Words.Age(look.AgeOf(oldest))} ({place.Reason.Text()}), and no other one there for more than {Words.Age(other)}",
                string.Create(CultureInfo.InvariantCulture, $"{Words.Goroutine(oldest)} waits in {Words.Place(oldest)}. It was compared with {place.Compared(old)} other goroutines of that place that wait for the same reason, or did.{token}"),
                "What it waits for may have been lost: a reply, a signal, a completion. Bound the wait, and see what the other side of it did.")
            {
                Site = site,
                Count = goroutines.Length,
                Goroutines = Words.Ids(goroutines),
            });
        }
    }

    /// <summary>One creation site and wait reason.</summary>
    private sealed class Place(WaitReason reason)
    {
        private readonly HashSet<long> _ended = [];
        private readonly List<(long Id, long ParkedAt)> _oldest = new(Kept);
        private readonly List<(long Id, long ParkedAt, bool Goes)> _before = new(Kept);
        private long _longestEnded;

        internal WaitReason Reason => reason;

        /// <summary>How many goroutines waited at the last look.</summary>
        internal int Count { get; private set; }

        internal void Begin()
        {
            _before.Clear();
            foreach ((long id, long parkedAt) in _oldest)
            {
                _before.Add((id, parkedAt, false));
            }

            _oldest.Clear();
            Count = 0;
        }

        internal void Observe(long id, long parkedAt)
        {
            Count++;
            if (_before.Count != 0 && parkedAt <= _before[^1].ParkedAt)
            {
                foreach (ref (long Id, long ParkedAt, bool Goes) wait in CollectionsMarshal.AsSpan(_before))
                {
                    wait.Goes |= wait.Id == id && wait.ParkedAt == parkedAt;
                }
            }

            if (_oldest.Count == Kept)
            {
                if (parkedAt >= _oldest[^1].ParkedAt)
                {
                    return;
                }

                _oldest.RemoveAt(Kept - 1);
            }

            int at = _oldest.Count;
            while (at > 0 && _oldest[at - 1].ParkedAt > parkedAt)
            {
                at--;
            }

            _oldest.Insert(at, (id, parkedAt));
        }

        internal void End(long now, long before)
        {
            foreach ((long id, long parkedAt, bool goes) in _before)
            {
                if (!goes)
                {
                    _longestEnded = Math.Max(_longestEnded, (now - before <= Close ? now : before) - parkedAt);
                    if (_ended.Count < MostCompared)
                    {
                        _ended.Add(id);
                    }
                }
            }
        }

        /// <summary>Returns the ids of the goroutines that have waited too long, oldest first; empty if there are none.</summary>
        internal long[] FindOld(long now, FindingOptions options)
        {
            long least = options.SuspectAfter.Ticks * 100;
            for (int count = Math.Min(MostOld, _oldest.Count); count > 0; count--)
            {
                long youngest = now - _oldest[count - 1].ParkedAt;
                if (youngest < least || youngest / TimesLonger <= Math.Max(LongestOther(count, now), LeastLongest))
                {
                    continue;
                }

                long[] old = [.. _oldest.Take(count).Select(static wait => wait.Id)];
                return Compared(old) >= options.Many ? old : [];
            }

            return [];
        }

        /// <summary>Returns the longest wait, ended or not, other than the <paramref name="old"/> longest that go on.</summary>
        internal long LongestOther(int old, long now) => Math.Max(_longestEnded, old < _oldest.Count ? now - _oldest[old].ParkedAt : 0);

        /// <summary>Returns how many other goroutines the old ones were compared with.</summary>
        internal int Compared(long[] old) => Count - old.Length + _ended.Count(id => !old.Contains(id));
    }
}
