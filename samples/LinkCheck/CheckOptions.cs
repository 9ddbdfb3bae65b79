namespace LinkCheck;

/// <summary>What to check, and how gently.</summary>
/// <param name="Start">The page to begin with. Pages in its folder and below are crawled; other links are only looked up.</param>
internal sealed record CheckOptions(Uri Start)
{
    /// <summary>Gets the number of requests under way at a time, over all hosts.</summary>
    internal int Parallel { get; init; } = 16;

    /// <summary>Gets the number of requests under way at a time at one host.</summary>
    internal int PerHost { get; init; } = 4;

    /// <summary>Gets the least time between the beginnings of two requests at one host. A longer <c>Crawl-delay</c> in its robots.txt wins.</summary>
    internal TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets the time that one attempt may take, from the dial to the last byte of the page.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets how often a request is repeated that failed in a way that may pass: no connection, no answer in time, 429, 500, 502, 503, 504.</summary>
    internal int Retries { get; init; } = 2;

    /// <summary>Gets the wait before the first repetition; each further one waits twice as long, with a chance part of up to a half.</summary>
    internal TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets how many pages are crawled at most.</summary>
    internal int MaxPages { get; init; } = 10_000;

    /// <summary>Gets whether links that lead out of the site are looked up.</summary>
    internal bool External { get; init; } = true;

    /// <summary>Gets whether robots.txt is asked for and obeyed.</summary>
    internal bool Robots { get; init; } = true;

    /// <summary>Gets whether the report is JSON.</summary>
    internal bool Json { get; init; }

    /// <summary>Gets whether progress is kept from the terminal.</summary>
    internal bool Quiet { get; init; }

    /// <summary>Tells whether a page belongs to the site: the start page's scheme, host and port, in its folder or below.</summary>
    internal bool IsInSite(Uri uri)
    {
        string folder = Start.AbsolutePath[..(Start.AbsolutePath.LastIndexOf('/') + 1)];
        return uri.Scheme == Start.Scheme && uri.Authority == Start.Authority && uri.AbsolutePath.StartsWith(folder, StringComparison.Ordinal);
    }
}
