namespace Goroutines.GoComparison;

/// <summary>A package of Go's with its tests, compiled.</summary>
/// <param name="Folder">Where its tests expect to run.</param>
internal sealed record GoPackage(string Name, string Program, string Folder)
{
    private const string Prefix = "Benchmark";

    public async Task<IReadOnlyList<string>> ListAsync() =>
        [.. (await Child.RunAsync(Program, Folder, ["-test.list", $"^{Prefix}"])).Split('\n')
            .Where(static line => line.StartsWith(Prefix, StringComparison.Ordinal)).Select(static line => line[Prefix.Length..].Trim())];

    public async Task<IReadOnlyList<Figure>> RunAsync(string benchmark, string benchTime) =>
        [.. Figures.Parse(await Child.RunAsync(Program, Folder,
            ["-test.run", "^$", "-test.bench", $"^{Prefix}{benchmark}$", "-test.benchtime", benchTime, "-test.benchmem"]))];
}

/// <summary>The program in bench/GoBenchmarks.</summary>
internal sealed record OurSide(string Program)
{
    /// <summary>The package and the name of each benchmark.</summary>
    public async Task<IReadOnlyList<(string Package, string Name)>> ListAsync() =>
        [.. (await Child.RunAsync(Program, null, ["--list"])).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(' ')).Select(static words => (words[0], words[1].Trim()))];

    public async Task<IReadOnlyList<Figure>> RunAsync(string package, string benchmark, string benchTime, bool cold) =>
        [.. Figures.Parse(await Child.RunAsync(Program, null, ["--benchtime", benchTime, .. cold ? (string[])["--cold"] : [], package, benchmark]))];
}
