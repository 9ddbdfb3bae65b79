using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Goroutines.Conformance.Tests;

/// <summary>
/// <c>docs/conformance.md</c> as data. Its form is described at the top of that page; a line that has another form is
/// reported in <see cref="Faults"/>, so that nothing in it goes unread.
/// </summary>
internal sealed partial class ConformanceList
{
    private readonly List<ConformanceRow> _rows = [];
    private readonly Dictionary<string, string> _differences = [];
    private readonly List<string> _faults = [];
    private readonly List<string> _counts = [];

    private ConformanceList()
    {
    }

    /// <summary>In the order of the page.</summary>
    public IReadOnlyList<ConformanceRow> Rows => _rows;

    /// <summary>What the page says about each difference from Go, by the difference's name.</summary>
    public IReadOnlyDictionary<string, string> Differences => _differences;

    /// <summary>What could not be read, or is said twice.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>The table of counts as it stands on the page.</summary>
    public string Counts => string.Join(Environment.NewLine, _counts);

    /// <summary>The page that was copied beside the tests.</summary>
    public static ConformanceList Load()
    {
        ConformanceList list = new();
        string? heading = null;
        int number = 0;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "conformance.md")))
        {
            number++;
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                heading = line[3..];
            }
            else if (heading is not null && !list.Read(heading, line))
            {
                list._faults.Add($"line {number} has no known form: {line}");
            }
        }

        list._faults.AddRange(list._rows.GroupBy(static row => row.Key).Where(static rows => rows.Count() > 1).Select(static rows => $"{rows.Key} has several rows"));
        return list;
    }

    /// <summary>The names of the differences that a row's remark refers to.</summary>
    public static IEnumerable<string> DifferencesOf(ConformanceRow row)
        => DifferencePattern().Matches(row.Remark).SelectMany(static match => match.Groups["name"].Captures).Select(static name => name.Value);

    /// <summary>The table of counts that is right for the rows.</summary>
    public string CountsOfRows()
    {
        StringBuilder table = new();
        foreach (IGrouping<string, ConformanceRow> section in _rows.GroupBy(static row => row.Section))
        {
            table.AppendLine(Count($"`{section.Key}`", [.. section]));
        }

        return table.Append(Count("all", _rows)).ToString();

        static string Count(string name, IReadOnlyCollection<ConformanceRow> rows)
        {
            int with = rows.Count(static row => row.Ours.Count != 0);
            return string.Create(CultureInfo.InvariantCulture, $"| {name} | {rows.Count} | {with} | {rows.Count - with} | {rows.Sum(static row => row.Ours.Count)} |");
        }
    }

    private bool Read(string heading, string line)
    {
        if (!line.StartsWith('|'))
        {
            if (heading == "Differences that are kept" && ExplanationPattern().Match(line) is { Success: true } explanation)
            {
                if (!_differences.TryAdd(explanation.Groups["name"].Value, explanation.Groups["text"].Value))
                {
                    _faults.Add($"the difference {explanation.Groups["name"].Value} is explained twice");
                }
            }

            return true;
        }

        if (line.StartsWith("| Go", StringComparison.Ordinal) || line.StartsWith("|--", StringComparison.Ordinal))
        {
            return true;
        }

        if (heading == "Counts")
        {
            _counts.Add(line);
            return true;
        }

        if (SectionPattern().Match(heading) is not { Success: true } section)
        {
            return heading == "How to read it";
        }

        Match row = RowPattern().Match(line);
        if (row.Success)
        {
            _rows.Add(new(
                section.Groups["file"].Value,
                row.Groups["go"].Value,
                [.. row.Groups["ours"].Captures.Select(static name => name.Value)],
                row.Groups["remark"].Value));
        }

        return row.Success;
    }

    [GeneratedRegex(@"^`(?<file>[\w./-]+)`$")]
    private static partial Regex SectionPattern();

    [GeneratedRegex(@"^\| `(?<go>[\w./-]+)` \| (?:–|`(?<ours>[\w.]+)`(?:<br>`(?<ours>[\w.]+)`)*) \| (?:(?<remark>[^|]*[^| ]) )?\|$")]
    private static partial Regex RowPattern();

    [GeneratedRegex(@"^- \*\*(?<name>[a-z-]+)\*\*: (?<text>.+)$")]
    private static partial Regex ExplanationPattern();

    [GeneratedRegex(@"Differs: (?<name>[a-z-]+)(?:, (?<name>[a-z-]+))*\.")]
    private static partial Regex DifferencePattern();
}
