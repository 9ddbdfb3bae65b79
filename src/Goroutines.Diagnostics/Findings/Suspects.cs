using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Finds goroutines that may have been forgotten: many of one creation site that have waited long on channels with no goroutine on
/// the other side.</summary>
internal static class Suspects
{
    private const int FewSenders = 3;

    internal static void Add(List<Finding> findings, Look look, FindingOptions options)
    {
        if (look.IsTooLarge)
        {
            return;
        }

        long suspectAfter = options.SuspectAfter.Ticks * 100;
        Dictionary<(string Site, bool Sends), Suspect> suspects = [];
        foreach (G g in look.Goroutines)
        {
            if (g.Status != GStatus.Waiting || g.Reason is not (WaitReason.ChanReceive or WaitReason.ChanSend) || look.AgeOf(g) < suspectAfter)
            {
                continue;
            }

            bool sends = g.Reason == WaitReason.ChanSend;
            if (Inspection.TargetOf(g, out bool hasToken) is not { } channel || hasToken || ((IWaitable)channel).Inspect().EndsByItself
                || !look.Objects.TryGetValue(channel, out ObjectView? view) || (sends ? view.Others.Count : view.Senders.Count) != 0)
            {
                continue;
            }

            (string, bool) key = (Sites.Of(g, fullPaths: false), sends);
            if (!suspects.TryGetValue(key, out Suspect? suspect))
            {
                suspects[key] = suspect = new Suspect();
            }

            suspect.Goroutines.Add(g);
            suspect.Channels.Add(channel);
        }

        foreach (((string site, bool sends), Suspect suspect) in suspects)
        {
            // Many receivers on one channel usually are idle workers; a receiver on a channel of its own waits for a reply that never came.
            if (sends ? suspect.Goroutines.Count >= FewSenders : suspect.Channels.Count >= options.Many)
            {
                findings.Add(Describe(look, site, sends, suspect));
            }
        }
    }

    private static Finding Describe(Look look, string site, bool sends, Suspect suspect)
    {
        G oldest = suspect.Goroutines.MinBy(static g => g.ParkedAt)!;
        string channels = suspect.Channels.Count == 1 ? "one channel" : $"{suspect.Channels.Count} channels";
        return new Finding(
            sends ? "abandoned-senders" : "abandoned-receivers",
            FindingCertainty.Suspected,
            $"{Words.Many(suspect.Goroutines.Count)} from {site} {(suspect.Goroutines.Count == 1 ? "has" : "have")} waited to {(sends ? "send" : "receive")} for up to {Words.Age(look.AgeOf(oldest))}",
            $"They wait on {channels} where no goroutine {(sends ? "receives" : "sends")} now, and no token can end their wait. The oldest is {Words.Goroutine(oldest)}, in {Words.Place(oldest)}.",
            sends
                ? "Does the receiver return early, after an error or a time-out? Give the channel a buffer for the value, or send in a select with a token."
                : "Does the sender return without sending or closing? Close the channel when no more will come.")
        {
            Site = site,
            Count = suspect.Goroutines.Count,
            Goroutines = Words.Ids(suspect.Goroutines.OrderBy(static g => g.ParkedAt)),
        };
    }

    private sealed class Suspect
    {
        internal List<G> Goroutines { get; } = [];

        internal HashSet<object> Channels { get; } = new(ReferenceEqualityComparer.Instance);
    }
}
