#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    Count("called");

    var group = new WaitGroup();
    group.Spawn(() => Count("spawned"));
    await group.WaitAsync();

    Goroutine<int> answer = Go.Run(async () =>
    {
        await Go.Yield();
        return 6 * 7;
    });
    Console.WriteLine(await answer);
});

static void Count(string name)
{
    for (int i = 0; i < 3; i++)
    {
        Console.WriteLine($"{name} {i}");
    }
}
