using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Finds waits that nothing can end: on the nil channel or in a select without cases, and without a token.</summary>
internal static class NeverWoken
{
    internal static void Add(List<Finding> findings, Look look)
    {
        Dictionary<(string Site, WaitReason Reason), List<G>> groups = [];
        foreach (G g in look.Goroutines)
        {
            if (g.Status != GStatus.Waiting || g.Reason is not (WaitReason.ChanReceiveNil or WaitReason.ChanSendNil or WaitReason.SelectNoCases) || g.ParkedOn is not { HasToken: false })
            {
                continue;
            }

            (string, WaitReason) key = (Sites.Of(g, fullPaths: false), g.Reason);
            if (!groups.TryGetValue(key, out List<G>? group))
            {
                groups[key] = group = [];
            }

            group.Add(g);
        }

        foreach (((string site, WaitReason reason), List<G> group) in groups)
        {
            findings.Add(new Finding(
                "never-woken",
                FindingCertainty.Proved,
                $"{Words.Many(group.Count)} from {site} in {reason.Text()}",
                $"Nothing ever happens on the nil channel or in a select without cases, and no token can end these waits. The first is {Words.Goroutine(group[0])}, in {Words.Place(group[0])}.",
                "Was a channel to be assigned first? If the goroutine is to wait for the end of the program, give it a token.")
            {
                Site = site,
                Count = group.Count,
                Goroutines = Words.Ids(group),
            });
        }
    }
}
