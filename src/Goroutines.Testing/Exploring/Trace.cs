using System.Globalization;
using System.Text;
using Goroutines.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Testing.Exploring;

/// <summary>Records what happens in a schedule, step by step, as plain values. They are put into words only if the schedule
/// fails.</summary>
internal sealed class Trace
{
    private const int MostLines = 300;

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<object, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Records what <paramref name="g"/> has done in step <paramref name="step"/>; null stands for a timer or the clock.</summary>
    internal void Add(int step, G? g, string what, object? target = null) => _entries.Add(new Entry(step, g, what, target));

    internal string Format()
    {
        StringBuilder text = new();
        int from = Math.Max(0, _entries.Count - MostLines);
        int step = -1;
        for (int i = 0; i < _entries.Count; i++)
        {
            Entry entry = _entries[i];
            string target = entry.Target is null ? "" : $" {NameOf(entry.Target)}"; // names are assigned in the order of first use
            if (i < from)
            {
                continue;
            }

            if (i == from && from != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"      … {from} lines before this").AppendLine();
            }

            string number = entry.Step == step ? "" : entry.Step.ToString(CultureInfo.InvariantCulture);
            step = entry.Step;
            string who = entry.Goroutine is { } g ? string.Create(CultureInfo.InvariantCulture, $"goroutine {g.Id}") : "clock";
            text.Append(CultureInfo.InvariantCulture, $"{number,6}  {who,-13} {entry.What}{target}").AppendLine();
        }

        return text.ToString();
    }

    private string NameOf(object target)
    {
        switch (target)
        {
            case G g:
                string where = g.CreatedFile is null ? "" : $", created at {Traceback.CreatedAt(g)}";
                return string.Create(CultureInfo.InvariantCulture, $"goroutine {g.Id} ({Traceback.NameOf(g)}{where})");
            case Goroutine handle:
                return string.Create(CultureInfo.InvariantCulture, $"goroutine {handle.Id}");
            case string text:
                return text;
            default:
                break;
        }

        if (!_names.TryGetValue(target, out string? name))
        {
            string kind = KindOf(target.GetType());
            int number = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            name = string.Create(CultureInfo.InvariantCulture, $"{kind} {number}");
            _names.Add(target, name);
        }

        return name;
    }

    private static string KindOf(Type type)
    {
        string name = type.Name;
        int generic = name.IndexOf('`', StringComparison.Ordinal);
        return generic < 0 ? name : name[..generic];
    }

    private readonly record struct Entry(int Step, G? Goroutine, string What, object? Target);
}
