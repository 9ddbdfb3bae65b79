namespace LinkCheck;

/// <summary>What a server answered, or why it did not.</summary>
internal sealed record Reply
{
    /// <summary>Gets the status; zero if there was no answer.</summary>
    internal int Status { get; init; }

    /// <summary>Gets why there was no answer.</summary>
    internal string Error { get; init; } = "";

    /// <summary>Gets where a redirection leads.</summary>
    internal Uri? Location { get; init; }

    /// <summary>Gets the body, if it was wanted and is text of the wanted type.</summary>
    internal MemoryStream? Body { get; init; }

    /// <summary>Gets how long the server asks to be left alone.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets how many requests it took.</summary>
    internal int Attempts { get; init; }

    /// <summary>Gets whether another attempt may fare better.</summary>
    internal bool MayPass => Status is 0 or 429 or 500 or 502 or 503 or 504;

    /// <summary>Gets the answer in a few words.</summary>
    internal string Text => Status == 0 ? Error : Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
