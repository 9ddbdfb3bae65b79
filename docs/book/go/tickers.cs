#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    using var ticker = new Ticker(TimeSpan.FromMilliseconds(2));

    for (int tick = 1; tick <= 3; tick++)
    {
        await ticker.C.TakeAsync();
        Console.WriteLine($"tick {tick}");
    }
});
