namespace LinkCheck;

/// <summary>What to check, and the limits.</summary>
/// <param name="Start">The start page. Pages in its folder and below are crawled; other links are only looked up.</param>
internal sealed record CheckOptions(Uri Start)
{
    /// <summary>Gets the maximum number of concurrent requests to all hosts.</summary>
    internal int Parallel { get; init; } = 16;

    /// <summary>Gets the maximum number of concurrent requests to one host.</summary>
    internal int PerHost { get; init; } = 4;

    /// <summary>Gets the minimum time between the starts of two requests to one host. A longer <c>Crawl-delay</c> in its robots.txt
    /// wins.</summary>
    internal TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets the time that one attempt may take, from the dial to the last byte of the page.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets how often a request is retried after a failure that may be temporary: no connection, a time-out, 429, 500, 502, 503,
    /// 504.</summary>
    internal int Retries { get; init; } = 2;

    /// <summary>Gets the pause before the first retry. It doubles with each further one, and a random part of up to a half is
    /// added.</summary>
    internal TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets the maximum number of pages to crawl.</summary>
    internal int MaxPages { get; init; } = 10_000;

    /// <summary>Gets whether links that lead out of the site are looked up.</summary>
    internal bool External { get; init; } = true;

    /// <summary>Gets whether robots.txt is requested and obeyed.</summary>
    internal bool Robots { get; init; } = true;

    /// <summary>Gets whether the report is JSON.</summary>
    internal bool Json { get; init; }

    /// <summary>Gets whether progress is hidden.</summary>
    internal bool Quiet { get; init; }

    /// <summary>Returns whether a page belongs to the site: it has the start page's scheme, host and port, and is in its folder or
    /// below.</summary>
    internal bool IsInSite(Uri uri)
    {
        string folder = Start.AbsolutePath[..(Start.AbsolutePath.LastIndexOf('/') + 1)];
        return uri.Scheme == Start.Scheme && uri.Authority == Start.Authority && uri.AbsolutePath.StartsWith(folder, StringComparison.Ordinal);
    }
}
