namespace Tour;

/// <summary>What a step has measured, printed and checked, in order.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _all = [];

    internal IReadOnlyList<Finding> All => _all;

    internal bool AllHold { get; private set; } = true;

    /// <summary>Notes a measured value.</summary>
    internal void Fact(string name, string value) => _all.Add(new Finding(FindingKind.Fact, name, value));

    /// <summary>Notes a text of several lines, shown as it is, up to <paramref name="lines"/> of them.</summary>
    internal void Text(string text, int lines = int.MaxValue)
    {
        var all = text.ReplaceLineEndings("\n").Trim('\n').Split('\n');
        foreach (var line in all.Take(lines))
        {
            _all.Add(new Finding(FindingKind.Text, line, ""));
        }

        if (all.Length > lines)
        {
            _all.Add(new Finding(FindingKind.Text, $"… and {all.Length - lines:N0} more lines", ""));
        }
    }

    /// <summary>Checks a claim; one that doesn't hold fails the step.</summary>
    internal void Check(string claim, bool holds)
    {
        _all.Add(new Finding(holds ? FindingKind.Holds : FindingKind.Fails, claim, ""));
        AllHold &= holds;
    }
}

internal enum FindingKind
{
    Fact,
    Text,
    Holds,
    Fails,
}

internal readonly record struct Finding(FindingKind Kind, string Name, string Value);
