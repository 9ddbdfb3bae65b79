#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var letters = new Chan<string>(capacity: 2);

    await letters.SendAsync("alpha");                // there is room: nobody needs to receive yet
    await letters.SendAsync("beta");
    Console.WriteLine($"{letters.Count} {letters.Capacity}");

    Console.WriteLine(await letters.TakeAsync());
    Console.WriteLine(await letters.TakeAsync());
});
