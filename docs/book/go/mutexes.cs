#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var shop = new Stock("tea", "rice");
    var group = new WaitGroup();
    for (int i = 0; i < 100; i++)
    {
        group.Spawn(async () => await shop.AddAsync("tea", 1));
        group.Spawn(async () => await shop.AddAsync("rice", 2));
    }

    await group.WaitAsync();
    Console.WriteLine($"tea {shop["tea"]} rice {shop["rice"]}");
});

internal sealed class Stock(params string[] items)
{
    private readonly GoMutex _mutex = new();         // can be held across awaits; for a few lines without one, `lock` will do
    private readonly Dictionary<string, int> _items = items.ToDictionary(item => item, _ => 0);

    public int this[string item] => _items[item];

    public async ValueTask AddAsync(string item, int count)
    {
        using (await _mutex.LockAsync())
        {
            _items[item] += count;
        }
    }
}
