namespace Goroutines.LibraryComparison;

/// <summary>Why another side is faster in a line, as far as it was looked into.</summary>
internal static class Reasons
{
    private static readonly Dictionary<(string Row, string Side), string> s_reasons = [];

    public static string Of(Line line, Side side) =>
        s_reasons.GetValueOrDefault((line.Label, side.Name)) ?? s_reasons.GetValueOrDefault((line.Label, "")) ?? s_reasons.GetValueOrDefault(("", side.Name)) ??
        "not looked into";
}
