#:project ../../../src/Goroutines/Goroutines.csproj

using System.Collections.Concurrent;
using Goroutines;

Dictionary<string, string[]> links = new()
{
    ["/"] = ["/guide", "/api"],
    ["/guide"] = ["/", "/api", "/missing"],
    ["/api"] = ["/", "/api/chan"],
    ["/api/chan"] = ["/api"],
};

Go.Main(async () =>
{
    var seen = new ConcurrentDictionary<string, bool>();
    await Go.ScopeAsync(async scope => await Crawl(scope, "/"));     // returns when the last page has been visited

    foreach (string page in seen.Keys.Order(StringComparer.Ordinal))
    {
        Console.WriteLine($"{page} {(links.ContainsKey(page) ? "true" : "false")}");
    }

    async ValueTask Crawl(GoScope scope, string page)
    {
        if (seen.TryAdd(page, true))
        {
            foreach (string link in await Fetch(page, scope.CancellationToken))
            {
                scope.Spawn(async () => await Crawl(scope, link));
            }
        }
    }
});

async ValueTask<string[]> Fetch(string page, CancellationToken cancellationToken)
{
    await Go.SleepAsync(TimeSpan.FromMilliseconds(1), cancellationToken);
    return links.GetValueOrDefault(page, []);
}
