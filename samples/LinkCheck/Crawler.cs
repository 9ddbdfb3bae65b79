using System.Collections.Concurrent;
using Goroutines;

namespace LinkCheck;

/// <summary>
/// Checks a site. Every URL is one goroutine of one scope, started by the first page that names it. So the scope ends when nothing is left
/// to look up, and no queue has to be watched for its end. Waiting goroutines cost little; <see cref="HostGate"/> and <see cref="Fetcher"/>
/// limit the number of requests under way.
/// </summary>
internal sealed class Crawler
{
    private const int MostRedirections = 10;
    private const string Html = "text/html";

    private readonly CheckOptions _options;
    private readonly Progress _progress;
    private readonly Fetcher _fetcher;
    private readonly ConcurrentDictionary<string, Host> _hosts = new();
    private readonly ConcurrentDictionary<Uri, Verdict?> _verdicts = new();   // null while under way
    private readonly ConcurrentDictionary<Uri, bool> _pages = new();          // the pages that were read, by their URL after redirections
    private readonly ConcurrentQueue<(Uri Page, Link Link)> _links = new();
    private int _crawled;

    internal Crawler(CheckOptions options, HttpMessageInvoker client, Progress progress)
    {
        _options = options;
        _progress = progress;
        _fetcher = new Fetcher(options, client, progress);
    }

    /// <summary>Crawls the whole site, or until <paramref name="stop"/> is cancelled.</summary>
    /// <param name="stop">Ends the crawl early. Requests under way are cancelled, and the report covers what is known by then.</param>
    internal async ValueTask<Report> RunAsync(CancellationToken stop)
    {
        DateTimeOffset begun = Go.Now;
        bool interrupted = false;
        Uri start = Page.WithoutFragment(_options.Start);
        try
        {
            await Go.ScopeAsync(
                scope =>
                {
                    Discover(scope, start);
                    return default;
                },
                stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            interrupted = true;
        }

        return new Report(start, interrupted, Go.Now - begun, Math.Min(_crawled, _options.MaxPages), _verdicts, _links);
    }

    private void Discover(GoScope scope, Uri uri)
    {
        if (_verdicts.TryAdd(uri, null))
        {
            _progress.Found();
            scope.Spawn(async () =>
            {
                Verdict verdict = await CheckAsync(scope, uri);
                _verdicts[uri] = verdict;
                _progress.Checked(verdict.Outcome);
            });
        }
    }

    private async ValueTask<Verdict> CheckAsync(GoScope scope, Uri uri)
    {
        if (uri.Scheme == "about")
        {
            return new Verdict(Outcome.Broken, "not a URL", 0, uri);
        }

        CancellationToken cancellationToken = scope.CancellationToken;
        int attempts = 0;
        Uri current = uri;
        for (int hop = 0; hop <= MostRedirections; hop++)
        {
            bool isInSite = _options.IsInSite(current);
            if (!isInSite && !_options.External)
            {
                return new Verdict(Outcome.Skipped, "outside of the site", attempts, current);
            }

            Host host = _hosts.GetOrAdd(current.GetLeftPart(UriPartial.Authority), _ => new Host(this, current, cancellationToken));
            if (_options.Robots && !(await host.Rules.GetAsync(cancellationToken)).Allows(current.PathAndQuery))
            {
                return new Verdict(Outcome.Skipped, "robots.txt", attempts, current);
            }

            Reply reply = await _fetcher.FetchAsync(host.Gate, isInSite ? HttpMethod.Get : HttpMethod.Head, current, isInSite ? Html : null, cancellationToken);
            attempts += reply.Attempts;
            if (!isInSite && reply.Status is (>= 400 and < 429) or (> 429 and < 500) or 501)
            {
                // Not every server responds to HEAD as it does to GET.
                reply = await _fetcher.FetchAsync(host.Gate, HttpMethod.Get, current, null, cancellationToken);
                attempts += reply.Attempts;
            }

            if (reply is { Status: 301 or 302 or 303 or 307 or 308, Location: { Scheme: "http" or "https" } location })
            {
                current = Page.WithoutFragment(location);
                continue;
            }

            bool isGood = reply.Status is >= 200 and < 300;
            return new Verdict(isGood ? Outcome.Good : Outcome.Broken, reply.Text, attempts, current, isGood ? Follow(scope, current, reply.Body) : null);
        }

        return new Verdict(Outcome.Broken, $"more than {MostRedirections} redirections", attempts, current);
    }

    /// <summary>Parses a page and starts the checks of its links.</summary>
    /// <returns>The page's fragments; <see langword="null"/> if there is no page.</returns>
    private IReadOnlySet<string>? Follow(GoScope scope, Uri uri, MemoryStream? body)
    {
        if (body is null)
        {
            return null;
        }

        var page = Page.Parse(body, uri);
        if (_pages.TryAdd(uri, true) && Interlocked.Increment(ref _crawled) <= _options.MaxPages)
        {
            foreach (Link link in page.Links)
            {
                _links.Enqueue((uri, link));
                Discover(scope, link.Target);
            }
        }

        return page.Anchors;
    }

    private async ValueTask<RobotsRules> AskForRulesAsync(HostGate gate, Uri uri, CancellationToken cancellationToken)
    {
        Reply reply = await _fetcher.FetchAsync(gate, HttpMethod.Get, new Uri(uri, "/robots.txt"), "text/plain", cancellationToken);
        switch (reply)
        {
            case { Body: { } body }:
                using (var reader = new StreamReader(body))
                {
                    var rules = RobotsRules.Parse(await reader.ReadToEndAsync(cancellationToken));
                    if (rules.Delay > TimeSpan.Zero)
                    {
                        await gate.SlowDownAsync(rules.Delay, cancellationToken);
                    }

                    return rules;
                }

            // A host that does not respond is reported with its links, not here.
            default:
                return reply.Status >= 500 ? RobotsRules.AllowNothing : RobotsRules.AllowAll;
        }
    }

    /// <summary>A host's gate and rules. The host's first URL requests the rules, and the others wait for them.</summary>
    private sealed class Host
    {
        internal Host(Crawler crawler, Uri uri, CancellationToken cancellationToken)
        {
            Gate = new HostGate(crawler._options.PerHost, crawler._options.Interval);
            Rules = new OnceValue<RobotsRules>(() => crawler.AskForRulesAsync(Gate, uri, cancellationToken));
        }

        internal HostGate Gate { get; }

        internal OnceValue<RobotsRules> Rules { get; }
    }
}
