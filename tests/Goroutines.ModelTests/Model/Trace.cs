using System.Globalization;

namespace Goroutines.ModelTests.Model;

/// <summary>One execution, line by line, for people.</summary>
internal sealed class Trace
{
    private readonly List<string> _lines = [];
    private readonly Dictionary<object, int> _objects = new(ReferenceEqualityComparer.Instance);

    internal IReadOnlyList<string> Lines => _lines;

    internal void Add(string line) => _lines.Add(line);

    internal void Operation(ModelThread thread, int site, Location? location, string what)
        => _lines.Add($"{thread.Name,-12} {Sites.NameOf(site)}{At(location)}{what}");

    internal void Flushed(ModelThread thread, PendingStore store)
        => _lines.Add($"{thread.Name,-12}   all see {Sites.NameOf(store.Site)}{At(store.Location)} = {(store.IsReference ? Show(store.Reference) : Show(store.Word))}");

    internal string Show(object? value)
    {
        switch (value)
        {
            case null:
                return "null";
            case string or ValueType:
                return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }

        if (!_objects.TryGetValue(value, out int number))
        {
            _objects.Add(value, number = _objects.Count + 1);
        }

        return $"{value.GetType().Name}@{number}";
    }

    private static string At(Location? location) => location is null ? "" : $" [{location.Id}]";
}
