#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var settings = new OnceValue<string>(async () =>
    {
        await Go.Yield();
        Console.WriteLine("loading");
        return "loaded";
    });

    var group = new WaitGroup();
    string[] results = new string[3];
    foreach (var (i, _) in results.Index())
    {
        group.Spawn(async () => results[i] = await settings.GetAsync());
    }

    await group.WaitAsync();
    Console.WriteLine($"[{string.Join(' ', results)}]");
});
