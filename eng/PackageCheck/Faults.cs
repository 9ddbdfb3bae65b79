using System.Collections;

namespace PackageCheck;

/// <summary>What the checks have found.</summary>
internal sealed class Faults : IEnumerable<string>
{
    private readonly List<string> _found = [];

    internal int Count => _found.Count;

    public IEnumerator<string> GetEnumerator() => _found.GetEnumerator();

    internal void Add(string fault) => _found.Add(fault);

    internal void AddRange(IEnumerable<string> faults) => _found.AddRange(faults);

    /// <summary>Adds a fault for each part that a text does not contain.</summary>
    internal void Expect(string what, string text, params string[] parts)
        => AddRange(parts.Where(part => !text.Contains(part, StringComparison.Ordinal)).Select(part => $"{what}: expected '{part}' in:\n{text}"));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
