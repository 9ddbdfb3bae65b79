namespace Goroutines.GoComparison;

/// <summary>Checks that each benchmark of Go's is either here or in unported.txt, and that nothing else is.</summary>
internal static class Coverage
{
    public static async Task<IReadOnlyList<string>> CheckAsync(
        IReadOnlyList<GoPackage> packages, IReadOnlyList<(string Package, string Name)> ours, IReadOnlyList<Unported> unported)
    {
        List<string> faults = [];
        HashSet<(string Package, string Name)> ported = [.. ours];
        if (ported.Count != ours.Count)
        {
            faults.Add("a benchmark of ours is listed twice");
        }
        HashSet<(string Package, string Name)> reasoned = [];
        foreach (var (package, name) in unported.SelectMany(static group => group.Names.Select(name => (group.Package, name))))
        {
            if (!reasoned.Add((package, name)))
            {
                faults.Add($"unported.txt lists {package}.{name} twice");
            }
        }

        HashSet<(string Package, string Name)> theirs = [];
        foreach (var package in packages)
        {
            theirs.UnionWith((await package.ListAsync()).Select(name => (package.Name, name)));
        }
        foreach (var (package, name) in theirs)
        {
            if (ported.Contains((package, name)) == reasoned.Contains((package, name)))
            {
                faults.Add(ported.Contains((package, name))
                    ? $"{package}.{name} is in bench/GoBenchmarks and in unported.txt"
                    : $"{package}.{name} is neither in bench/GoBenchmarks nor in unported.txt");
            }
        }
        HashSet<string> known = [.. packages.Select(static package => package.Name)];
        faults.AddRange(ported.Union(reasoned).Where(one => known.Contains(one.Package) && !theirs.Contains(one)).Select(static one => $"{one.Package} of Go has no Benchmark{one.Name}"));
        return faults;
    }
}
