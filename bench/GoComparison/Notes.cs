using System.Reflection;
using System.Text.RegularExpressions;

namespace Goroutines.GoComparison;

/// <summary>Benchmarks of Go's that have no row, with the reason: unported.txt.</summary>
/// <remarks>A line "package: reason" begins a group; the indented lines below it hold the names.</remarks>
internal sealed record Unported(string Package, string Reason, IReadOnlyList<string> Names)
{
    public static IReadOnlyList<Unported> Read() =>
        [.. Notes.Groups("unported.txt").Select(static group =>
        {
            var colon = group.Head.IndexOf(':', StringComparison.Ordinal);
            return new Unported(group.Head[..colon], group.Head[(colon + 1)..].Trim(), group.Body.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        })];
}

/// <summary>Why a row is above 1: reasons.txt.</summary>
/// <remarks>A line "package name" begins a group, where the name is a regular expression; the indented lines below it are the reason.</remarks>
internal sealed record Reason(string Package, Regex Name, string Text)
{
    public static IReadOnlyList<Reason> Read() =>
        [.. Notes.Groups("reasons.txt").Select(static group =>
        {
            var space = group.Head.IndexOf(' ', StringComparison.Ordinal);
            return new Reason(group.Head[..space], new Regex($"^(?:{group.Head[(space + 1)..]})$", RegexOptions.CultureInvariant), group.Body);
        })];
}

/// <summary>The form that both files have.</summary>
internal static class Notes
{
    public static IEnumerable<(string Head, string Body)> Groups(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"no {name}");
        using var reader = new StreamReader(stream);
        List<(string Head, List<string> Lines)> groups = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }
            if (line[0] == ' ')
            {
                groups[^1].Lines.Add(line.Trim());
            }
            else
            {
                groups.Add((line, []));
            }
        }
        return groups.Select(static group => (group.Head, string.Join(' ', group.Lines)));
    }
}
