namespace LinkCheck;

/// <summary>The reply of a server, or the reason why there is none.</summary>
internal sealed record Reply
{
    /// <summary>Gets the status; zero if there was no reply.</summary>
    internal int Status { get; init; }

    /// <summary>Gets the reason why there was no reply.</summary>
    internal string Error { get; init; } = "";

    /// <summary>Gets the target of a redirection.</summary>
    internal Uri? Location { get; init; }

    /// <summary>Gets the body, if it was wanted and has the wanted type.</summary>
    internal MemoryStream? Body { get; init; }

    /// <summary>Gets the pause that the server asks for.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets the number of requests made.</summary>
    internal int Attempts { get; init; }

    /// <summary>Gets whether another attempt may succeed.</summary>
    internal bool MayPass => Status is 0 or 429 or 500 or 502 or 503 or 504;

    /// <summary>Gets the reply in a few words.</summary>
    internal string Text => Status == 0 ? Error : Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
