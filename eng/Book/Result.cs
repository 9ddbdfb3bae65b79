namespace Book;

/// <summary>What came of one example: the text for its page, what was wrong, and why a side was left out.</summary>
internal sealed record Result(string? Text, IReadOnlyList<string> Faults, string? Skipped = null);
