#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var ready = new Chan<Unit>();
Goroutine<string> waiter = Go.Run(async () =>
{
    await ready.ReceiveAsync();                      // a channel that is closed lets every receiver through, now and later
    return "ready";
});

ready.Close();                                       // no other code ever runs inside of it
Console.WriteLine(await waiter);
