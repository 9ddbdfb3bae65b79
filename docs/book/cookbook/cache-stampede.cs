#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using System.Collections.Concurrent;
using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time
{
    int loads = 0;
    var cache = new Cache<string, string>(keep: TimeSpan.FromMinutes(5), async key =>
    {
        loads++;
        await Go.SleepAsync(TimeSpan.FromSeconds(2));
        return $"{key}, version {loads}";
    });

    var group = new WaitGroup();
    for (int i = 0; i < 1000; i++)
    {
        group.Spawn(async () => await cache.GetAsync("front page"));
    }

    await group.WaitAsync();
    Console.WriteLine($"1000 callers, {loads} load: {await cache.GetAsync("front page")}");

    await Go.SleepAsync(TimeSpan.FromMinutes(6));
    Console.WriteLine(await cache.GetAsync("front page"));

    using CancelContext impatient = GoContext.Background.WithTimeout(TimeSpan.FromSeconds(1));
    Goroutine<string> patient = Go.Run(() => cache.GetAsync("archive"));
    try
    {
        await cache.GetAsync("archive", impatient);
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine($"one gave up, the other got {await patient}");
    }
});

// Loads a value once, however many callers ask for it at a time. A failed load is not kept. A caller that gives up does not end the load for others.
internal sealed class Cache<TKey, TValue>(TimeSpan keep, Func<TKey, ValueTask<TValue>> load)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (TValue Value, DateTimeOffset Until)> _entries = new();
    private readonly SingleFlight<TKey, TValue> _loads = new();

    public async ValueTask<TValue> GetAsync(TKey key, CancellationToken cancellationToken = default)
    {
        if (_entries.TryGetValue(key, out var entry) && Go.Now < entry.Until)
        {
            return entry.Value;
        }

        var (value, _) = await _loads.DoAsync(key, async () =>
        {
            if (_entries.TryGetValue(key, out var fresh) && Go.Now < fresh.Until)
            {
                return fresh.Value;                  // another flight landed between the look above and this one's start
            }

            TValue loaded = await load(key);
            _entries[key] = (loaded, Go.Now + keep);
            return loaded;
        }, cancellationToken);
        return value;
    }
}
