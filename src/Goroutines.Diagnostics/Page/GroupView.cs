using System.Runtime.InteropServices;
using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Groups goroutines by what they have in common. A million of them become at most <see cref="MostRows"/> rows here rather than in
/// the browser.</summary>
internal static class GroupView
{
    internal const int MostRows = 500;

    internal static void Write(Utf8JsonWriter json, Look look, FindingHistory history, GoroutineQuery search, string by, DiagnosticsPageOptions options)
    {
        IReadOnlyCollection<Group> groups = by == "site" ? BySite(look, search) : ByKey(look, search, KeyOf(by, options));
        json.WriteStartObject();
        json.WriteString("by"u8, by);
        json.WriteNumber("count"u8, groups.Sum(static group => group.Count));
        json.WriteNumber("groups"u8, groups.Count);
        json.WriteStartArray("rows"u8);
        foreach (Group group in groups.OrderByDescending(static group => group.Count).Take(MostRows))
        {
            Write(json, look, history, group, by, options);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Groups goroutines by creation site, status, wait reason and continuation. The key is a struct, since there may be a million
    /// goroutines.</summary>
    private static Dictionary<SiteKey, Group>.ValueCollection BySite(Look look, GoroutineQuery search)
    {
        Dictionary<SiteKey, Group> groups = [];
        foreach (G g in look.Goroutines)
        {
            GStatus status = g.Status;
            if (status != GStatus.Dead && (search.IsAll || search.Matches(look, g)))
            {
                // The type of the continuation's state stands for the stack.
                SiteKey of = new(g.TraceSite, status, status == GStatus.Waiting ? g.Reason : WaitReason.None, g.ContinuationState?.GetType());
                ref Group? group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, of, out _);
                group ??= new Group(g, "");
                group.Add(status, look.AgeOf(g));
            }
        }

        return groups.Values;
    }

    private static Dictionary<object, Group>.ValueCollection ByKey(Look look, GoroutineQuery search, Func<Look, G, object> key)
    {
        Dictionary<object, Group> groups = [];
        foreach (G g in look.Goroutines)
        {
            GStatus status = g.Status;
            if (status != GStatus.Dead && (search.IsAll || search.Matches(look, g)))
            {
                object of = key(look, g);
                ref Group? group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, of, out _);
                group ??= new Group(g, of);
                group.Add(status, look.AgeOf(g));
            }
        }

        return groups.Values;
    }

    private static void Write(Utf8JsonWriter json, Look look, FindingHistory history, Group group, string by, DiagnosticsPageOptions options)
    {
        G example = group.Example;
        json.WriteStartObject();
        json.WriteString("title"u8, TitleOf(look, group, by, options));
        json.WriteString("search"u8, SearchOf(look, group, by, options));
        json.WriteString("name"u8, Traceback.NameOf(example));
        json.WriteString("site"u8, Sites.Of(example, options.FullPaths));
        json.WriteString("state"u8, Traceback.Word(example.Status));
        json.WriteString("reason"u8, example.Status == GStatus.Waiting ? example.Reason.Text() : "");
        json.WriteNumber("count"u8, group.Count);
        json.WriteNumber("oldest"u8, group.Ages.LongestNanoseconds);
        json.WriteNumber("p50"u8, group.Ages.QuantileNanoseconds(0.5));
        json.WriteNumber("p99"u8, group.Ages.QuantileNanoseconds(0.99));
        json.WriteNumber("example"u8, example.Id);
        json.WriteStartArray("stack"u8);
        foreach (string frame in AsyncStack.Frames(example).Take(20))
        {
            json.WriteStringValue(frame);
        }

        json.WriteEndArray();
        json.WriteStartArray("trend"u8);
        foreach ((long at, int count) in history.Of(example))
        {
            json.WriteStartArray();
            json.WriteNumberValue(at);
            json.WriteNumberValue(count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Func<Look, G, object> KeyOf(string by, DiagnosticsPageOptions options) => by switch
    {
        "reason" => static (_, g) => g.Status == GStatus.Waiting ? g.Reason.Text() : Traceback.Word(g.Status),
        "state" => static (_, g) => Traceback.Word(g.Status),
        "method" => static (_, g) => Words.Place(g),
        "object" => static (_, g) => Inspection.TargetOf(g, out bool _) is { } target and not Sleeper ? new Same(target) : "nothing",
        "group" => static (_, g) => g.Owner?.Group is { } owner ? new Same(owner) : "none",
        "parent" => static (look, g) => HolderMark.IdIn(look.Scheduler, SpawnNotes.Of(g)?.Parent ?? 0),
        _ when by.StartsWith("label:", StringComparison.Ordinal) => LabelKey(by[6..], options.ShowLabels),
        _ => throw new FormatException($"Goroutines can't be grouped by \"{by}\", but by site, reason, state, method, object, group, parent and label:KEY."),
    };

    private static Func<Look, G, object> LabelKey(string key, bool showLabels) => (_, g) =>
    {
        string? value = SpawnNotes.LabelsOf(g)?.All.FirstOrDefault(label => label.Key == key).Value;
        return value is null ? "none" : showLabels ? $"{key}={value}" : $"{key}=…";
    };

    private static string TitleOf(Look look, Group group, string by, DiagnosticsPageOptions options) => (by, group.Key) switch
    {
        ("site", _) => Sites.Of(group.Example, options.FullPaths),
        ("parent", long parent) => parent == 0 ? "not known" : look.Find(parent) is { } g ? $"goroutine {parent}, {Traceback.NameOf(g)}" : $"goroutine {parent}, ended",
        (_, Same same) => Inspection.TryDescribe(same.Target, look.Scheduler, out WaitObjectInfo? info)
            ? $"{info.Kind} {info.Id}{(options.ShowNames && info.Name is { } name ? $" \"{name}\"" : "")} {info.Type}"
            : "unknown",
        (_, var key) => key.ToString() ?? "",
    };

    /// <summary>Returns the search that finds the goroutines of a group.</summary>
    private static string SearchOf(Look look, Group group, string by, DiagnosticsPageOptions options) => (by, group.Key) switch
    {
        ("site", _) => $"site:\"{Sites.Of(group.Example, options.FullPaths)}\"" + (group.Example.Status == GStatus.Waiting ? $" reason:\"{group.Example.Reason.Text()}\"" : $" state:{Traceback.Word(group.Example.Status)}"),
        ("reason", string reason) => group.Example.Status == GStatus.Waiting ? $"reason:\"{reason}\"" : $"state:{reason}",
        ("state", string state) => $"state:{state}",
        ("method", string method) => $"method:\"{method}\"",
        ("parent", long parent and not 0) => $"parent:{parent}",
        ("object", Same same) when Inspection.TryDescribe(same.Target, look.Scheduler, out WaitObjectInfo? info) => $"object:{info.Kind}-{info.Id}",
        _ when by.StartsWith("label:", StringComparison.Ordinal) && options.ShowLabels && group.Key is string label && label != "none" => $"label:\"{label}\"",
        _ => "",
    };

    private readonly record struct SiteKey(ushort Site, GStatus Status, WaitReason Reason, Type? Continues)
    {
        public override int GetHashCode() => (Site << 12) ^ ((int)Reason << 4) ^ (int)Status ^ (Continues is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Continues));
    }

    /// <summary>A key that compares objects by reference, whatever equality their type defines.</summary>
    private sealed class Same(object target) : IEquatable<Same>
    {
        internal object Target => target;

        public bool Equals(Same? other) => other is not null && ReferenceEquals(target, other.Target);

        public override bool Equals(object? obj) => Equals(obj as Same);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(target);
    }

    private sealed class Group(G example, object key)
    {
        internal G Example => example;

        internal object Key => key;

        internal int Count { get; private set; }

        internal TraceHistogram Ages { get; } = new();

        internal void Add(GStatus status, long age)
        {
            Count++;
            if (status == GStatus.Waiting)
            {
                Ages.Add(age);
            }
        }
    }
}
