using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Finds channels at which many goroutines wait to send while values pass: there are too few receivers, or they are too
/// slow.</summary>
/// <remarks>Many goroutines that wait to receive usually are idle workers and are not reported. If no sender makes progress,
/// <see cref="Suspects"/> reports the senders: here, some waits of the first look must have ended by the second.</remarks>
internal sealed class HotChannels
{
    private const int MostWatched = 10_000;

    private readonly List<Wait> _waits = [];

    private HotChannels()
    {
    }

    internal static HotChannels Of(Look look)
    {
        HotChannels channels = new();
        foreach (G g in look.Goroutines)
        {
            if (g.Status == GStatus.Waiting && g.Reason == WaitReason.ChanSend && g.ParkedAt is var parkedAt && Inspection.TargetOf(g, out _) is { } channel)
            {
                channels._waits.Add(new Wait(g, channel, parkedAt));
                if (channels._waits.Count == MostWatched)
                {
                    break;
                }
            }
        }

        return channels;
    }

    internal void AddMeasured(List<Finding> findings, Look look, FindingOptions options)
    {
        if (_waits.Count == 0 || look.IsTooLarge)
        {
            return;
        }

        List<ObjectView> sent = [.. look.Objects.Values.Where(static view => view.Senders.Count != 0)];
        double all = sent.Sum(view => WaitedToSend(look, view));
        foreach (ObjectView view in sent)
        {
            double share = all == 0 ? 0 : WaitedToSend(look, view) / all;
            if (view.Senders.Count < options.Many || share < 0.5)
            {
                continue;
            }

            int passed = _waits.Count(wait => ReferenceEquals(wait.Channel, view.Target) && wait.IsOver);
            if (passed == 0)
            {
                continue;
            }

            G[] senders = [.. view.Senders.OrderByDescending(look.AgeOf)];
            string[] sites = [.. senders.Select(static g => Sites.Of(g, fullPaths: false)).Distinct()];
            findings.Add(new Finding(
                "hot-channel",
                FindingCertainty.Measured,
                $"{Words.Many(senders.Length, "waits", "wait")} to send on {Words.Object(view.Target, look)}",
                string.Create(CultureInfo.InvariantCulture, $"{passed} sends ended between the looks, and others took their places. This is {share * 100:0} % of the time for which goroutines that wait to send now have waited; the longest wait is {Words.Age(look.AgeOf(senders[0]))}. The senders come from {string.Join(", ", sites.Take(3))}{(sites.Length > 3 ? " and other places" : "")}."),
                "The receivers are too few or too slow: start more of them, send values in batches, or divide the channel. A larger buffer only delays it.")
            {
                Site = sites.Length == 1 ? sites[0] : "",
                Count = senders.Length,
                Goroutines = Words.Ids(senders),
            });
        }
    }

    private static double WaitedToSend(Look look, ObjectView view) => view.Senders.Sum(g => (double)look.AgeOf(g));

    /// <summary>A wait found by the first look.</summary>
    private readonly record struct Wait(G Goroutine, object Channel, long ParkedAt)
    {
        internal bool IsOver => Goroutine.Status != GStatus.Waiting || Goroutine.ParkedAt != ParkedAt || !ReferenceEquals(Inspection.TargetOf(Goroutine, out _), Channel);
    }
}
