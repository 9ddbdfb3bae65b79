using System.Text;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Finds goroutines that wait for each other in a circle: deadlocks of some goroutines while others go on.</summary>
/// <remarks>
/// <para>An edge goes from a parked goroutine to each goroutine that has to act before the wait can end: the holder of a lock, the
/// goroutine that is joined or runs the action, the goroutines of the scope or group. A wait that something else may end has no edges: a
/// wait with a token, a select, a channel, a timer, a socket, a task. A wait with edges ends only after all goroutines that they lead to
/// have acted, so a circle of edges never ends by itself.</para>
/// <para>Goroutines are read one after the other. So a circle may combine states that never existed at the same time; also, a lock may name
/// its previous holder for a few instructions. Therefore a circle counts only if a later, second look finds each of its goroutines in the
/// same wait (the same operation, in the same use, parked at the same time) with the same edge.</para>
/// </remarks>
internal sealed class Deadlocks
{
    private readonly List<List<Edge>> _circles = [];

    private Deadlocks()
    {
    }

    internal static Deadlocks In(Look look)
    {
        Deadlocks deadlocks = new();
        HashSet<G> done = [];
        foreach (G g in look.Goroutines)
        {
            if (IsCandidate(g) && !done.Contains(g) && Follow(look, g, done) is { } circle)
            {
                deadlocks._circles.Add(circle);
            }
        }

        return deadlocks;
    }

    internal void AddConfirmed(List<Finding> findings, Look look)
    {
        foreach (List<Edge> circle in _circles)
        {
            if (circle.TrueForAll(edge => edge.Stands(look)))
            {
                findings.Add(Describe(circle, look));
            }
        }
    }

    private static bool IsCandidate(G g) => g.Status == GStatus.Waiting && g.Reason is WaitReason.MutexLock or WaitReason.RWMutexLock or WaitReason.RWMutexReadLock
        or WaitReason.Join or WaitReason.OnceDo or WaitReason.Scope or WaitReason.WaitGroupWait or WaitReason.SingleFlightDo or WaitReason.CondWait;

    /// <summary>Searches depth first from one goroutine along the edges, without recursion because a chain may be long.</summary>
    private static List<Edge>? Follow(Look look, G start, HashSet<G> done)
    {
        List<Edge> path = [];
        HashSet<G> onPath = [];
        Stack<IEnumerator<Edge>> pending = new();
        pending.Push(EdgesOf(look, start).GetEnumerator());
        onPath.Add(start);
        while (pending.TryPeek(out IEnumerator<Edge>? edges))
        {
            if (!edges.MoveNext())
            {
                pending.Pop();
                G left = path.Count == 0 ? start : path[^1].To;
                onPath.Remove(left);
                done.Add(left);
                if (path.Count != 0)
                {
                    path.RemoveAt(path.Count - 1);
                }

                continue;
            }

            Edge edge = edges.Current;
            if (onPath.Contains(edge.To))
            {
                path.Add(edge);
                int from = path.FindIndex(each => ReferenceEquals(each.From, edge.To));
                done.UnionWith(onPath);
                return path[from..];
            }

            if (!done.Contains(edge.To))
            {
                path.Add(edge);
                onPath.Add(edge.To);
                pending.Push(EdgesOf(look, edge.To).GetEnumerator());
            }
        }

        return null;
    }

    private static IEnumerable<Edge> EdgesOf(Look look, G g)
    {
        if (!IsCandidate(g) || g.ParkedOn is not { } source)
        {
            yield break;
        }

        int version = source.FullVersion;
        long parkedAt = g.ParkedAt;
        if (Inspection.TargetOf(g, out bool hasToken) is not { } target || hasToken || target is GoCond || target is IWaitable waitable && waitable.Inspect().EndsByItself)
        {
            yield break;
        }

        foreach (G holder in look.HoldersOf(target))
        {
            yield return new Edge(g, holder, target, source, version, parkedAt);
        }
    }

    private static Finding Describe(List<Edge> circle, Look look)
    {
        StringBuilder detail = new();
        foreach (Edge edge in circle)
        {
            string verb = edge.Target is G ? "waits for the end of" : "waits for";
            detail.Append(Words.Goroutine(edge.From)).Append(' ').Append(verb).Append(' ').Append(Words.Object(edge.Target, look));
            if (edge.Target is not G)
            {
                detail.Append(edge.Target is WaitGroup ? ", which has still to count down " : ", held by ").Append("goroutine ").Append(edge.To.Id);
            }

            detail.Append(", for ").Append(Words.Age(look.AgeOf(edge.From))).Append(", in ").AppendLine(Words.Place(edge.From));
        }

        string title = circle.Count == 1
            ? $"Goroutine {circle[0].From.Id} waits for itself"
            : $"{circle.Count} goroutines wait for each other in a circle: {string.Join(" → ", circle.Select(static edge => edge.From.Id))} → {circle[0].From.Id}";
        return new Finding("deadlock", FindingCertainty.Proved, title, detail.ToString().TrimEnd(), "Take these locks in one order everywhere, or do not wait for the other goroutine while holding one. The goroutines named never go on.")
        {
            Count = circle.Count,
            Goroutines = Words.Ids(circle.Select(static edge => edge.From)),
        };
    }

    /// <summary>A goroutine that waits for another.</summary>
    private sealed record Edge(G From, G To, object Target, WaitSource Source, int Version, long ParkedAt)
    {
        /// <summary>Returns true if the goroutine is still in the same wait and the edge still exists.</summary>
        internal bool Stands(Look look)
            => From.Status == GStatus.Waiting && ReferenceEquals(From.ParkedOn, Source) && Source.FullVersion == Version && From.ParkedAt == ParkedAt
                && ReferenceEquals(Inspection.TargetOf(From, out bool hasToken), Target) && !hasToken && look.HoldersOf(Target).Contains(To);
    }
}
