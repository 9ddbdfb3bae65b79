using System.Net;
using System.Net.Http.Headers;
using Goroutines;
using Goroutines.Testing;

namespace LinkCheck.Tests;

public sealed class CrawlerTests
{
    [Fact]
    public void Run_SiteWithBrokenLinks_NamesEachWithItsPage() => GoTest.Run(async () =>
    {
        Web web = new Web()
            .Page("http://a/", """<a href="b.html">b</a> <a href="missing.html">?</a> <img src="gone.png"> <a href="mailto:x@y">m</a>""")
            .Page("http://a/b.html", """<a href="/">home</a> <a href="missing.html#x">?</a>""");

        Report report = await web.CrawlAsync("http://a/");

        Assert.Equal(
            ["http://a/ gone.png 404", "http://a/ missing.html 404", "http://a/b.html missing.html#x 404"],
            report.Broken.Select(finding => $"{finding.Page} {finding.Link} {finding.Detail}"));
        Assert.Equal((2, 5, 4), (report.Pages, report.Links, report.Targets));
        Assert.Equal(1, web.Count("GET http://a/missing.html"));
    });

    [Fact]
    public void Run_Fragments_AreLookedForInThePageWhereRedirectionsEnd() => GoTest.Run(async () =>
    {
        Web web = new Web()
            .Page("http://a/", """<p id="here"><a name="old"></a><a href="#here">1</a><a href="#old">2</a><a href="#top">3</a><a href="#no">4</a><a href="m#caf%C3%A9">5</a><a href="m#here">6</a>""")
            .Answer("http://a/m", _ => Web.Moved("/moved"))
            .Page("http://a/moved", """<h1 id="café">""");

        Report report = await web.CrawlAsync("http://a/");

        Assert.Equal(["#no no fragment 'no'", "m#here no fragment 'here'"], report.Broken.Select(finding => $"{finding.Link} {finding.Detail}"));
    });

    [Fact]
    public void Run_LinksOutOfTheSite_AreLookedUpOnceAndNotCrawled() => GoTest.Run(async () =>
    {
        Web web = new Web()
            .Page("http://a/docs/", """<a href="http://b/x">1</a><a href="http://b/x#y">2</a><a href="/up">3</a><a href="http://b/head">4</a>""")
            .Page("http://b/x", """<a href="http://b/never">""")
            .Page("http://a/up", """<a href="http://a/never">""")
            .Answer("http://b/head", times => new HttpResponseMessage(HttpStatusCode.OK));

        Report report = await web.CrawlAsync("http://a/docs/");

        Assert.Empty(report.Broken);
        Assert.Equal(1, report.Pages);
        Assert.Equal(1, web.Count("HEAD http://b/x"));
        Assert.Equal(0, web.Count("GET http://b/x"));
        Assert.Equal(1, web.Count("HEAD http://a/up"));
        Assert.DoesNotContain(web.Log, entry => entry.Request.EndsWith("never", StringComparison.Ordinal));
    });

    [Fact]
    public void Run_ServerThatRefusesHead_IsAskedWithGet() => GoTest.Run(async () =>
    {
        Web web = new Web().Page("http://a/", """<a href="http://b/x">1</a>""");
        int asked = 0;
        web.Answer("http://b/x", _ => new HttpResponseMessage(Interlocked.Increment(ref asked) == 1 ? HttpStatusCode.MethodNotAllowed : HttpStatusCode.OK));

        Report report = await web.CrawlAsync("http://a/");

        Assert.Empty(report.Broken);
        Assert.Equal(1, web.Count("GET http://b/x"));
    });

    [Fact]
    public void Run_WithoutExternal_AsksOtherHostsForNothing() => GoTest.Run(async () =>
    {
        Web web = new Web().Page("http://a/", """<a href="http://b/x">1</a>""");

        Report report = await web.CrawlAsync("http://a/", options => options with { External = false });

        Assert.Equal("outside of the site", Assert.Single(report.Skipped).Detail);
        Assert.DoesNotContain(web.Log, entry => entry.Request.Contains("//b/", StringComparison.Ordinal));
    });

    [Fact]
    public void Run_ManyLinks_KeepsTheBoundsOverAllAndPerHost() => GoTest.Run(async () =>
    {
        string[] hosts = ["b", "c", "d", "e"];
        Web web = new Web().Page("http://a/", string.Concat(hosts.SelectMany(host => Enumerable.Range(0, 30).Select(i => $"<a href='http://{host}/{i}'>x</a>"))));
        var progress = new Progress();

        Report report = await web.CrawlAsync("http://a/", options => options with { Parallel = 7, PerHost = 3, Robots = false }, progress);

        Assert.Equal(121, report.Targets);
        Assert.Equal(7, progress.MostUnderWay);
        foreach (string host in hosts)
        {
            var begun = web.Log.Where(entry => entry.Request.Contains($"//{host}/", StringComparison.Ordinal)).Select(entry => entry.At).ToList();
            Assert.All(begun, at => Assert.InRange(begun.Count(other => other >= at && other < at + Web.Latency), 1, 3));
        }
    });

    [Fact]
    public void Run_CrawlDelay_SpacesTheRequestsOfThatHostAlone() => GoTest.Run(async () =>
    {
        Web web = new Web()
            .Page("http://a/", string.Concat(Enumerable.Range(0, 5).Select(i => $"<a href='http://slow/{i}'>x</a><a href='http://fast/{i}'>x</a>")))
            .Answer("http://slow/robots.txt", _ => Web.Text("User-agent: *\nCrawl-delay: 7"));
        for (int i = 0; i < 5; i++)
        {
            web.Answer($"http://slow/{i}", _ => new HttpResponseMessage(HttpStatusCode.OK)).Answer($"http://fast/{i}", _ => new HttpResponseMessage(HttpStatusCode.OK));
        }

        await web.CrawlAsync("http://a/");

        var slow = web.Log.Where(entry => entry.Request.Contains("//slow/", StringComparison.Ordinal)).Select(entry => entry.At).Order().ToList();
        Assert.Equal(6, slow.Count);
        Assert.All(slow.Skip(1).Zip(slow.Skip(2)), pair => Assert.Equal(7, (pair.Second - pair.First).TotalSeconds, 0.01));
        DateTimeOffset[] fast = [.. web.Log.Where(entry => entry.Request.StartsWith("HEAD http://fast/", StringComparison.Ordinal)).Select(entry => entry.At).Order()];
        Assert.InRange((fast[^1] - fast[0]).TotalSeconds, 0, 2);
    });

    [Fact]
    public void Run_Robots_AreObeyedAndTold() => GoTest.Run(async () =>
    {
        Web web = new Web()
            .Page("http://a/", """<a href="private/x">1</a><a href="http://b/x">2</a>""")
            .Answer("http://a/robots.txt", _ => Web.Text("User-agent: *\nDisallow: /private/"))
            .Answer("http://b/robots.txt", _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));

        Report report = await web.CrawlAsync("http://a/");

        Assert.Equal(["http://a/private/x", "http://b/x"], report.Skipped.Select(finding => finding.Target).Order());
        Assert.Equal(0, web.Count("GET http://a/private/x"));
        Assert.Equal(0, web.Count("HEAD http://b/x"));
    });

    [Fact]
    public void Run_FailureThatPasses_IsRepeatedWithGrowingWaits() => GoTest.Run(async () =>
    {
        Web web = new Web().Answer("http://a/", times => times < 3 ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) : Web.Html(""));

        Report report = await web.CrawlAsync("http://a/", options => options with { Robots = false, Backoff = TimeSpan.FromSeconds(10) });

        Assert.Empty(report.Broken);
        DateTimeOffset[] at = [.. web.Log.Select(entry => entry.At)];
        Assert.InRange((at[1] - at[0]).TotalSeconds, 1 + 10, 1 + 15);
        Assert.InRange((at[2] - at[1]).TotalSeconds, 1 + 20, 1 + 30);
    });

    [Fact]
    public void Run_RetryAfter_PausesTheWholeHost() => GoTest.Run(async () =>
    {
        Web web = new Web().Page("http://a/", """<a href="x">1</a><a href="y">2</a><a href="z">3</a>""").Page("http://a/y", "").Page("http://a/z", "");
        web.Answer("http://a/x", times =>
        {
            var answer = new HttpResponseMessage(times == 1 ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
            answer.Headers.RetryAfter = times == 1 ? new RetryConditionHeaderValue(TimeSpan.FromSeconds(40)) : null;
            return answer;
        });

        Report report = await web.CrawlAsync("http://a/", options => options with { Robots = false, PerHost = 1 });

        Assert.Empty(report.Broken);
        (DateTimeOffset At, string Request)[] log = [.. web.Log];
        int refused = Array.FindIndex(log, entry => entry.Request.EndsWith('x'));
        Assert.All(log.Skip(refused + 2), entry => Assert.True(entry.At >= log[refused].At + TimeSpan.FromSeconds(40), $"{entry} came too early"));
    });

    [Fact]
    public void Run_NoAnswerInTime_IsBrokenAfterTheAttempts() => GoTest.Run(async () =>
    {
        Report report = await new Web().CrawlAsync("http://a/", options => options with { Robots = false, Timeout = TimeSpan.FromMilliseconds(300), Retries = 1 });

        Finding finding = Assert.Single(report.Broken);
        Assert.Equal(("no answer within 0.3 s", 2), (finding.Detail, finding.Attempts));
        Assert.Equal(0, report.Pages);
    });

    [Fact]
    public void Run_EndlessRedirections_AreGivenUp() => GoTest.Run(async () =>
    {
        Web web = new Web().Page("http://a/", "<a href='r'>r</a>").Answer("http://a/r", _ => Web.Moved("/r"));

        Report report = await web.CrawlAsync("http://a/");

        Assert.Equal("more than 10 redirections", Assert.Single(report.Broken).Detail);
    });

    [Fact]
    public void Run_MorePagesThanAllowed_StopsThere() => GoTest.Run(async () =>
    {
        Web web = new Web();
        for (int i = 0; i < 20; i++)
        {
            web.Page($"http://a/{i}", $"<a href='{i + 1}'>next</a>");
        }

        Report report = await web.CrawlAsync("http://a/0", options => options with { MaxPages = 5 });

        Assert.Equal((5, 6), (report.Pages, report.Targets));
    });

    [Fact]
    public void Run_Cancelled_ReportsWhatIsKnown() => GoTest.Run(async () =>
    {
        Web web = new Web().Page("http://a/", string.Concat(Enumerable.Range(0, 50).Select(i => $"<a href='{i}'>x</a>")));
        using CancelContext stop = GoContext.Background.WithTimeout(TimeSpan.FromSeconds(5.5));

        Report report = await web.CrawlAsync("http://a/", options => options with { Robots = false, PerHost = 2 }, stop: stop);

        Assert.True(report.Interrupted);
        Assert.Equal((1, 50, 1 + 8, 8), (report.Pages, report.Links, report.Targets, report.Broken.Count));
        Assert.Equal(5.5, report.Seconds, 0.1);
    });

    [Theory]
    [InlineData(false, "http://a/\n    b: 404\nnot looked up, robots.txt: 1 URLs\n1 pages, 2 links to 3 URLs, 1 broken; ")]
    [InlineData(true, "\"broken\": [\n    {\n      \"page\": \"http://a/\",\n      \"link\": \"b\",\n      \"target\": \"http://a/b\",\n      \"detail\": \"404\",\n      \"attempts\": 1\n    }\n  ]")]
    public void Write_Report_IsTextOrJson(bool json, string part) => GoTest.Run(async () =>
    {
        Web web = new Web().Page("http://a/", "<a href='b'>b</a><a href='c'>c</a>").Answer("http://a/robots.txt", _ => Web.Text("User-agent: *\nDisallow: /c"));
        var output = new StringWriter();

        await (await web.CrawlAsync("http://a/")).WriteAsync(output, json);

        Assert.Contains(part, output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    });
}
