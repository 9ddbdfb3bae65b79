using System.Net;
using System.Text;
using Goroutines;

namespace LinkCheck.Tests;

/// <summary>Servers in memory, so that a crawl runs in virtual time. Each answer takes a second.</summary>
internal sealed class Web : HttpMessageHandler
{
    internal static readonly TimeSpan Latency = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Func<int, HttpResponseMessage>> _answers = [];
    private readonly Lock _gate = new();

    /// <summary>Gets every request in order: when it began, its method and URL.</summary>
    internal List<(DateTimeOffset At, string Request)> Log { get; } = [];

    /// <summary>Adds a page.</summary>
    internal Web Page(string url, string html) => Answer(url, _ => Html(html));

    /// <summary>Adds an answer that depends on how many times the URL was asked for; the first time is 1.</summary>
    internal Web Answer(string url, Func<int, HttpResponseMessage> answer)
    {
        _answers.Add(url, answer);
        return this;
    }

    internal int Count(string request)
    {
        lock (_gate)
        {
            return Log.Count(entry => entry.Request == request);
        }
    }

    internal static HttpResponseMessage Html(string html) => new(HttpStatusCode.OK) { Content = new StringContent(html, Encoding.UTF8, "text/html") };

    internal static HttpResponseMessage Text(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "text/plain") };

    internal static HttpResponseMessage Moved(string location) => new(HttpStatusCode.Found) { Headers = { Location = new Uri(location, UriKind.RelativeOrAbsolute) } };

    /// <summary>Crawls from a URL with options that suit most tests: no chance part, no least interval.</summary>
    internal async ValueTask<Report> CrawlAsync(string start, Func<CheckOptions, CheckOptions>? with = null, Progress? progress = null, CancellationToken stop = default)
    {
        var options = new CheckOptions(new Uri(start)) { Interval = TimeSpan.Zero };
        using var client = new HttpMessageInvoker(this, disposeHandler: false);
        return await new Crawler(with?.Invoke(options) ?? options, client, progress ?? new Progress()).RunAsync(stop);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string url = request.RequestUri!.AbsoluteUri, entry = $"{request.Method} {url}";
        int times;
        lock (_gate)
        {
            Log.Add((Go.Now, entry));
            times = Log.Count(earlier => earlier.Request == entry);
        }

        await Go.SleepAsync(Latency, cancellationToken);
        return _answers.TryGetValue(url, out Func<int, HttpResponseMessage>? answer) ? answer(times) : new HttpResponseMessage(HttpStatusCode.NotFound);
    }
}
