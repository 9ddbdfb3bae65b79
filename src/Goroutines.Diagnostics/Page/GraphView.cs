using System.Runtime.InteropServices;
using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Writes which goroutines wait for what, and which hold it, as nodes and edges. Goroutines of one creation site that wait for one
/// object in the same way, and hold nothing, share a node.</summary>
internal sealed class GraphView
{
    private const int MostNodes = 120;
    private const int MostHolders = 20;
    private const int MostAlike = 3;

    private readonly Look _look;
    private readonly GoDumpOptions _options;
    private readonly Dictionary<object, int> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly List<(object Target, List<G> Group)> _order = [];
    private readonly List<(int From, int To, string Kind)> _edges = [];
    private readonly HashSet<G> _holders = [];

    /// <summary>The node of each goroutine.</summary>
    private readonly Dictionary<G, int> _memberOf = [];
    private bool _complete = true;

    private GraphView(Look look, GoDumpOptions options)
    {
        _look = look;
        _options = options;
    }

    /// <summary>Writes the graph of the goroutines that a search finds.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="look">The look.</param>
    /// <param name="search">Selects the goroutines.</param>
    /// <param name="around">The goroutine whose connected part of the graph is written; 0 for the whole graph.</param>
    /// <param name="options">What is shown.</param>
    internal static void Write(Utf8JsonWriter json, Look look, GoroutineQuery search, long around, GoDumpOptions options)
    {
        GraphView graph = new(look, options);
        List<(object Target, List<G> Senders, List<G> Others)> targets = [.. look.Objects.Values
            .Where(static view => view.Target is not Net.NetSocket)
            .Where(view => search.IsAll || view.Others.Exists(g => search.Matches(look, g)) || view.Senders.Exists(g => search.Matches(look, g)))
            .OrderByDescending(static view => view.Target is GoMutex or GoRWMutex).ThenByDescending(static view => view.Waiters).ThenByDescending(static view => view.Oldest)
            .Select(static view => (view.Target, view.Senders, view.Others))];
        Dictionary<object, List<G>> joins = new(ReferenceEqualityComparer.Instance);
        foreach (G g in look.Goroutines)
        {
            if (g.Reason == WaitReason.Join && Inspection.TargetOf(g, out _) is G joined && (search.IsAll || search.Matches(look, g)))
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(joins, joined, out _) ??= []).Add(g);
            }
        }

        if (around != 0)
        {
            HashSet<G> near = Near(look, targets, joins, around);
            targets.RemoveAll(target => !target.Senders.Exists(near.Contains) && !target.Others.Exists(near.Contains) && !look.HoldersOf(target.Target).Any(near.Contains));
            foreach (object far in joins.Where(join => !near.Contains((G)join.Key) && !join.Value.Exists(near.Contains)).Select(static join => join.Key).ToArray())
            {
                joins.Remove(far);
            }
        }

        graph.LeaveOutAlike(targets);
        foreach ((object target, _, _) in targets.Where(static target => !IsGroup(target.Target)))
        {
            graph._holders.UnionWith(look.HoldersOf(target).Take(MostHolders));
        }

        graph._holders.UnionWith(joins.Keys.Cast<G>());
        foreach ((object target, List<G> senders, List<G> others) in targets)
        {
            graph.Add(target, senders, others);
        }

        foreach ((object joined, List<G> waiters) in joins)
        {
            foreach (List<G> group in graph.Grouped(waiters))
            {
                graph.Edge(graph.GoroutineNode(group), graph.GoroutineNode([(G)joined]), "joins");
            }
        }

        graph.Write(json);
    }

    /// <summary>Returns the goroutines that are connected with one, at any distance.</summary>
    private static HashSet<G> Near(Look look, List<(object Target, List<G> Senders, List<G> Others)> targets, Dictionary<object, List<G>> joins, long around)
    {
        HashSet<G> near = [];
        if (look.Find(around) is { } start)
        {
            near.Add(start);
        }

        int before;
        do
        {
            before = near.Count;
            foreach ((object target, List<G> senders, List<G> others) in targets)
            {
                G[] holders = [.. look.HoldersOf(target).Take(MostHolders)];
                if (holders.Any(near.Contains) || senders.Exists(near.Contains) || others.Exists(near.Contains))
                {
                    near.UnionWith(holders);
                    near.UnionWith(senders.Take(MostHolders));
                    near.UnionWith(others.Take(MostHolders));
                }
            }

            foreach ((object joined, List<G> waiters) in joins)
            {
                if (near.Contains((G)joined) || waiters.Exists(near.Contains))
                {
                    near.Add((G)joined);
                    near.UnionWith(waiters.Take(MostHolders));
                }
            }
        }
        while (near.Count != before);
        return near;
    }

    private static bool IsGroup(object target) => target is WaitGroup || ((IWaitable)target).Inspect().Kind == "scope";

    /// <summary>Leaves out all but <see cref="MostAlike"/> of the objects that are alike and have neither holder nor name: for example the
    /// channels of a thousand requests.</summary>
    private void LeaveOutAlike(List<(object Target, List<G> Senders, List<G> Others)> targets)
    {
        Dictionary<(Type, string, bool), int> alike = [];
        _complete &= targets.RemoveAll(target =>
        {
            if (_look.HoldersOf(target.Target).Any() || ObjectNames.NameOf(target.Target) is not null)
            {
                return false;
            }

            G first = target.Senders.Count != 0 ? target.Senders[0] : target.Others[0];
            return ++CollectionsMarshal.GetValueRefOrAddDefault(alike, (target.Target.GetType(), Sites.Of(first, fullPaths: true), target.Senders.Count != 0), out _) > MostAlike;
        }) == 0;
    }

    private void Add(object target, List<G> senders, List<G> others)
    {
        if (_order.Count >= MostNodes)
        {
            _complete = false;
            return;
        }

        int node = Node(target, []);
        foreach (List<G> group in Grouped(senders))
        {
            Edge(GoroutineNode(group), node, "sends");
        }

        bool isChannel = senders.Count != 0 || ((IWaitable)target).Inspect().Kind == "channel";
        foreach (List<G> group in Grouped(others))
        {
            Edge(GoroutineNode(group), node, isChannel ? "receives" : "waits");
        }

        if (IsGroup(target))
        {
            foreach (List<G> group in Grouped([.. _look.HoldersOf(target)]))
            {
                Edge(node, GoroutineNode(group), "members");
            }

            return;
        }

        foreach (G holder in _look.HoldersOf(target).Take(MostHolders))
        {
            Edge(node, GoroutineNode([holder]), "held");
        }
    }

    /// <summary>Groups goroutines into nodes: holders get a node each, others share one per creation site.</summary>
    private IEnumerable<List<G>> Grouped(List<G> goroutines)
        => goroutines.GroupBy(g => _holders.Contains(g) ? (object)g : Sites.Of(g, fullPaths: true)).Select(static group => group.ToList());

    /// <summary>Returns the node for a group of goroutines: the existing one if the group's first goroutine has one.</summary>
    private int GoroutineNode(List<G> group)
    {
        if (_memberOf.TryGetValue(group[0], out int known))
        {
            return known;
        }

        int node = Node(group[0], group);
        foreach (G member in group)
        {
            _memberOf.TryAdd(member, node);
        }

        return node;
    }

    private int Node(object target, List<G> group)
    {
        ref int node = ref CollectionsMarshal.GetValueRefOrAddDefault(_nodes, target, out bool known);
        if (!known)
        {
            node = _order.Count;
            _order.Add((target, group));
        }

        return node;
    }

    private void Edge(int from, int to, string kind)
    {
        if (!_edges.Contains((from, to, kind)))
        {
            _edges.Add((from, to, kind));
        }
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("complete"u8, _complete && !_look.IsTooLarge);
        json.WriteStartArray("nodes"u8);
        foreach ((object target, List<G> group) in _order)
        {
            json.WriteStartObject();
            if (target is G g)
            {
                json.WriteString("kind"u8, "goroutine");
                json.WriteNumber("id"u8, g.Id);
                json.WriteNumber("count"u8, Math.Max(1, group.Count));
                json.WriteString("name"u8, Traceback.NameOf(g));
                json.WriteString("site"u8, Sites.Of(g, _options.FullPaths));
                json.WriteString("state"u8, Traceback.Word(g.Status));
                json.WriteString("reason"u8, g.Status == GStatus.Waiting ? g.Reason.Text() : "");
                json.WriteNumber("age"u8, group.Count == 0 ? _look.AgeOf(g) : group.Max(_look.AgeOf));
            }
            else
            {
                WaitableState state = ((IWaitable)target).Inspect();
                json.WriteString("kind"u8, state.Kind);
                json.WriteNumber("id"u8, Inspection.NumberOf(target, state));
                json.WriteString("type"u8, state.Type);
                if (_options.ShowNames && ObjectNames.NameOf(target) is { } name)
                {
                    json.WriteString("name"u8, name);
                }

                if (state.Count is { } count)
                {
                    json.WriteNumber("fill"u8, count);
                }

                if (state.Capacity is { } capacity)
                {
                    json.WriteNumber("capacity"u8, capacity);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("edges"u8);
        foreach ((int from, int to, string kind) in _edges)
        {
            json.WriteStartObject();
            json.WriteNumber("from"u8, from);
            json.WriteNumber("to"u8, to);
            json.WriteString("kind"u8, kind);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
