namespace LinkCheck;

/// <summary>What became of a URL.</summary>
internal enum Outcome
{
    /// <summary>It leads somewhere.</summary>
    Good,

    /// <summary>It leads nowhere.</summary>
    Broken,

    /// <summary>It was not looked up.</summary>
    Skipped,
}

/// <summary>The result for one URL.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">Why, in a few words: a status, an error, a rule.</param>
/// <param name="Attempts">How many requests it took.</param>
/// <param name="Final">Where redirections led.</param>
/// <param name="Anchors">The fragments that the page there has; <see langword="null"/> if it was not read.</param>
internal sealed record Verdict(Outcome Outcome, string Detail, int Attempts, Uri Final, IReadOnlySet<string>? Anchors = null);
