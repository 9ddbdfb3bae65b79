#:project ../src/Goroutines/Goroutines.csproj

// A cache stampede, and its remedy: a hundred requests miss the cache at the same moment. Without SingleFlight each of them asks
// the database; with it one does, and all share the answer.
// Prints how often the database was asked each time.

using System.Collections.Concurrent;
using Goroutines;

const int Requests = 100;

Go.Main(async () =>
{
    var queries = 0;
    var flights = new SingleFlight<string, string>();

    await StampedeAsync("without", (cache, key) => LoadAsync(cache, key));
    await StampedeAsync("with", async (cache, key) => (await flights.DoAsync(key, () => LoadAsync(cache, key))).Value);

    async Task StampedeAsync(string how, Func<ConcurrentDictionary<string, string>, string, ValueTask<string>> fill)
    {
        var cache = new ConcurrentDictionary<string, string>();
        var wg = new WaitGroup();
        queries = 0;
        for (var request = 0; request < Requests; request++)
        {
            wg.Spawn(async () =>
            {
                if (!cache.TryGetValue("user:7", out var user))
                {
                    user = await fill(cache, "user:7");
                }

                if (user != "Gopher")
                {
                    throw new InvalidOperationException($"the wrong user: {user}");
                }
            });
        }

        await wg.WaitAsync();
        Console.WriteLine($"{how} SingleFlight: {Requests} requests, {queries} {(queries == 1 ? "query" : "queries")}");
    }

    async ValueTask<string> LoadAsync(ConcurrentDictionary<string, string> cache, string key)
    {
        Interlocked.Increment(ref queries);
        await Go.SleepAsync(TimeSpan.FromMilliseconds(200)); // the database
        return cache[key] = "Gopher";
    }
});
