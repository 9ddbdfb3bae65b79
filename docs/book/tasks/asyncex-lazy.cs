#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var settings = new OnceValue<string>(async () =>
{
    Console.WriteLine("loading");
    await Go.Yield();
    return "loaded";
});

Console.WriteLine(await settings.GetAsync());
Console.WriteLine(await settings.GetAsync());
