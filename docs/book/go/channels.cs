#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var messages = new Chan<string>();

    Go.Spawn(async () => await messages.SendAsync("ping"));

    string message = await messages.TakeAsync();     // waits for the sender, as the sender waits for us
    Console.WriteLine(message);
});
