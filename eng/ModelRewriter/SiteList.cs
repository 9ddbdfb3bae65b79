namespace ModelRewriter;

/// <summary>Numbers and names the rewritten accesses: <c>Type.Method operation field</c>, with <c>#n</c> from the second of a kind on.</summary>
internal sealed class SiteList
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _seen = [];

    internal int Count => _names.Count;

    internal int Add(string method, string operation, string field)
    {
        string name = $"{method} {operation} {field}".TrimEnd();
        int times = _seen[name] = _seen.GetValueOrDefault(name) + 1;
        _names.Add(times == 1 ? name : $"{name}#{times}");
        return _names.Count - 1;
    }

    internal void Write(string path) => File.WriteAllLines(path, _names);
}
