namespace Goroutines.Analyzers.Tests.Support;

/// <summary>A case of Cases/GORnnn.txt: `=== wrong`, `=== right` or `=== fix` and a title, then the code; a fix has a line `--- becomes` in it.</summary>
/// <param name="Rule">The rule's id, the file's name.</param>
/// <param name="Kind">wrong, right or fix; with ` in tests` after it, the code compiles with a test framework.</param>
/// <param name="Title">What the case shows.</param>
/// <param name="Code">The code; `[|` and `|]` stand around what is reported.</param>
internal sealed record RuleCase(string Rule, string Kind, string Title, string Code)
{
    private const string Start = "=== ";

    public static IReadOnlyList<RuleCase> All { get; } = [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Cases"), "*.txt").Order().SelectMany(Read)];

    public bool InTests => Kind.EndsWith(" in tests", StringComparison.Ordinal);

    public override string ToString() => $"{Rule} {Kind}: {Title}";

    private static IEnumerable<RuleCase> Read(string path)
    {
        string text = File.ReadAllText(path).ReplaceLineEndings("\n");
        foreach (string section in text.Split('\n' + Start).Select(static (section, i) => i == 0 ? section[Start.Length..] : section))
        {
            string[] parts = section.Split('\n', 2);
            string[] heading = parts[0].Split(": ", 2);
            yield return new RuleCase(Path.GetFileNameWithoutExtension(path), heading[0], heading[1], parts[1].TrimEnd('\n'));
        }
    }
}
