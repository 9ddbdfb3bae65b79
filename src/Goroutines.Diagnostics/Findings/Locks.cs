using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Finds locks that many goroutines wait for, and locks whose holder waits for something else.</summary>
internal static class Locks
{
    internal static void Add(List<Finding> findings, Look look, FindingOptions options)
    {
        long suspectAfter = options.SuspectAfter.Ticks * 100;
        List<ObjectView> locks = [.. look.Objects.Values.Where(static view => view.Target is GoMutex or GoRWMutex)];
        double all = locks.Sum(view => view.Others.Sum(g => (double)look.AgeOf(g)));
        foreach (ObjectView view in locks)
        {
            double share = all == 0 ? 0 : view.Others.Sum(g => (double)look.AgeOf(g)) / all;
            if (view.Waiters >= options.Many && share >= 0.5)
            {
                findings.Add(new Finding(
                    "hot-lock",
                    FindingCertainty.Measured,
                    $"{Words.Many(view.Waiters, "waits", "wait")} for {Words.Object(view.Target, look)}",
                    string.Create(CultureInfo.InvariantCulture, $"That is {share * 100:0} % of the time for which goroutines that wait for locks now have waited. The longest wait is {Words.Age(view.Oldest)}.{HolderOf(look, view)}"),
                    "Hold it for less long, or divide what it guards.")
                {
                    Count = view.Waiters,
                    Goroutines = Words.Ids(view.Others),
                });
            }

            if (view.Oldest >= suspectAfter)
            {
                AddHolders(findings, look, view, suspectAfter);
            }
        }
    }

    private static string HolderOf(Look look, ObjectView view)
        => look.HoldersOf(view.Target).FirstOrDefault() is { } holder
            ? $" It is held by {Words.Goroutine(holder)}, which {(holder.Status == GStatus.Waiting ? $"waits ({holder.Reason.Text()}) in {Words.Place(holder)}" : $"is {Traceback.Word(holder.Status)}")}."
            : "";

    private static void AddHolders(List<Finding> findings, Look look, ObjectView view, long suspectAfter)
    {
        foreach (G holder in look.HoldersOf(view.Target))
        {
            if (holder.Status != GStatus.Waiting || IsForLock(holder.Reason) || look.AgeOf(holder) < suspectAfter)
            {
                continue;
            }

            findings.Add(new Finding(
                "held-while-waiting",
                FindingCertainty.Suspected,
                $"Goroutine {holder.Id} holds {Words.Object(view.Target, look)} while it waits ({holder.Reason.Text()}), and {Words.Many(view.Waiters, "waits", "wait")} for the lock",
                $"{Words.Goroutine(holder)} has waited for {Words.Age(look.AgeOf(holder))} in {Words.Place(holder)}. The longest wait for the lock is {Words.Age(view.Oldest)}.",
                "Let go of the lock before waiting, or bound the wait.")
            {
                Site = Sites.Of(holder, fullPaths: false),
                Count = view.Waiters,
                Goroutines = Words.Ids(view.Others.Prepend(holder)),
            });
        }
    }

    private static bool IsForLock(WaitReason reason) => reason is WaitReason.MutexLock or WaitReason.RWMutexLock or WaitReason.RWMutexReadLock;
}
