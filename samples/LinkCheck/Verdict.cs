namespace LinkCheck;

/// <summary>The outcome for a URL.</summary>
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
/// <param name="Outcome">The outcome.</param>
/// <param name="Detail">The reason in a few words: a status, an error or a rule.</param>
/// <param name="Attempts">The number of requests made.</param>
/// <param name="Final">The URL after redirections.</param>
/// <param name="Anchors">The fragments of the page there; <see langword="null"/> if it was not read.</param>
internal sealed record Verdict(Outcome Outcome, string Detail, int Attempts, Uri Final, IReadOnlySet<string>? Anchors = null);
