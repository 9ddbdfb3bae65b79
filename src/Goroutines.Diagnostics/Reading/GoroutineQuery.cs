using System.Buffers;
using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>A search for goroutines. Its syntax is the same in the page's search box, its address, the API and a dump's options.</summary>
/// <remarks>
/// <para>All terms of a search have to match. They are <c>site:Bank.cs</c>, <c>reason:select</c>, <c>state:waiting</c>,
/// <c>method:Serve</c>, <c>object:accounts</c> (kind, name or number of what the goroutine waits for), <c>label:route=/pay</c> or
/// <c>label:route</c>, <c>id:17</c>, <c>parent:3</c>, <c>age&gt;5m</c> and <c>age&lt;10s</c> (<c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c>), and
/// any other word, which is looked for in the name, the site and the reason. Quotes enclose a value with spaces; a minus before a term
/// negates it. Case does not matter.</para>
/// </remarks>
internal sealed class GoroutineQuery
{
    /// <summary>The search that finds all goroutines.</summary>
    internal static readonly GoroutineQuery All = new([]);

    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.");

    private readonly List<Func<Look, G, bool>> _terms;

    private GoroutineQuery(List<Func<Look, G, bool>> terms) => _terms = terms;

    internal bool IsAll => _terms.Count == 0;

    /// <exception cref="FormatException">The search is invalid; the message says where.</exception>
    internal static GoroutineQuery Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return All;
        }

        List<Func<Look, G, bool>> terms = [];
        foreach (string word in Words(text))
        {
            bool not = word.Length > 1 && word[0] == '-';
            Func<Look, G, bool> term = Term(not ? word[1..] : word);
            terms.Add(not ? (look, g) => !term(look, g) : term);
        }

        return new GoroutineQuery(terms);
    }

    internal bool Matches(Look look, G g)
    {
        foreach (Func<Look, G, bool> term in _terms)
        {
            if (!term(look, g))
            {
                return false;
            }
        }

        return true;
    }

    private static Func<Look, G, bool> Term(string word)
    {
        int at = word.AsSpan().IndexOfAny(':', '<', '>');
        string key = at < 0 ? "" : word[..at].ToUpperInvariant();
        string value = at < 0 ? word : word[(at + 1)..];
        return (key, at < 0 ? ' ' : word[at]) switch
        {
            ("SITE", ':') => (_, g) => Has(Sites.Of(g, fullPaths: true), value),
            ("REASON", ':') => (_, g) => g.Status == GStatus.Waiting && Has(g.Reason.Text(), value),
            ("STATE", ':') => (_, g) => Has(Traceback.Word(g.Status), value),
            ("METHOD", ':') => (_, g) => Has(Traceback.NameOf(g), value) || AsyncStack.Frames(g).Exists(frame => Has(frame, value)),
            ("ID", ':') => Id(value) is var id ? (_, g) => g.Id == id : default!,
            ("PARENT", ':') => Id(value) is var parent ? (_, g) => HolderMark.IdIn(g.Scheduler, SpawnNotes.Of(g)?.Parent ?? 0) == parent : default!,
            ("OBJECT", ':') => (look, g) => WaitsFor(look, g, value),
            ("LABEL", ':') => Label(value),
            ("AGE", '>') => Age(value) is var least ? (look, g) => g.Status == GStatus.Waiting && look.AgeOf(g) > least : default!,
            ("AGE", '<') => Age(value) is var most ? (look, g) => g.Status == GStatus.Waiting && look.AgeOf(g) < most : default!,
            ("", _) => (_, g) => Has(Traceback.NameOf(g), value) || Has(Sites.Of(g, fullPaths: true), value) || Has(g.Reason.Text(), value),
            _ when at >= 0 && word[at] == ':' && key is not "AGE" && !key.All(char.IsAsciiLetter) => (_, g) => Has(Sites.Of(g, fullPaths: true), word),
            _ => throw new FormatException($"There is no search by \"{word[..at]}\". Known are site, reason, state, method, object, label, id, parent and age."),
        };
    }

    private static Func<Look, G, bool> Label(string value)
    {
        int equals = value.IndexOf('=', StringComparison.Ordinal);
        string key = equals < 0 ? value : value[..equals];
        string? wanted = equals < 0 ? null : value[(equals + 1)..];
        return (_, g) => SpawnNotes.LabelsOf(g) is { } labels
            && labels.All.Any(label => label.Key.Equals(key, StringComparison.OrdinalIgnoreCase) && (wanted is null || Has(label.Value, wanted)));
    }

    private static bool WaitsFor(Look look, G g, string value)
    {
        object? target = Inspection.TargetOf(g, out _);
        return target is Select select
            ? ((IWaitable)select).Inspect().Cases.Any(each => Is(each.Channel))
            : target is not null && Is(target);

        bool Is(object each) => Inspection.TryDescribe(each, look.Scheduler, out WaitObjectInfo? info)
            && (Has(info.Kind, value) || (info.Name is { } name && Has(name, value)) || $"{info.Kind}-{info.Id.ToString(CultureInfo.InvariantCulture)}".Equals(value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static long Id(string value)
        => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : throw new FormatException($"\"{value}\" is no id of a goroutine.");

    /// <summary>Parses a length of time. Returns nanoseconds.</summary>
    private static long Age(string value)
    {
        int unit = value.AsSpan().IndexOfAnyExcept(s_number);
        long one = (unit < 0 ? "s" : value[unit..].ToUpperInvariant()) switch
        {
            "MS" => 1_000_000,
            "S" or "s" => 1_000_000_000,
            "M" => 60_000_000_000,
            "H" => 3_600_000_000_000,
            _ => 0,
        };
        return one != 0 && double.TryParse(unit < 0 ? value : value[..unit], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
            ? (long)Math.Min(count * one, long.MaxValue / 2)
            : throw new FormatException($"\"{value}\" is no length of time. Write 500ms, 10s, 5m or 1h.");
    }

    private static IEnumerable<string> Words(string text)
    {
        List<char> word = [];
        bool quoted = false;
        foreach (char c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (word.Count != 0)
                {
                    yield return new string([.. word]);
                    word.Clear();
                }
            }
            else
            {
                word.Add(c);
            }
        }

        if (word.Count != 0)
        {
            yield return new string([.. word]);
        }
    }
}
