#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

#pragma warning disable GOR214 // the analyzers see the deadlock, too
try
{
    Go.Main(async () =>
    {
        var a = new Chan<int>();
        var b = new Chan<int>();
        Go.Spawn(async () =>
        {
            await a.ReceiveAsync();                  // waits for main,
            await b.SendAsync(1);
        });
        Console.WriteLine("main waits for b, and nobody sends");
        await b.ReceiveAsync();                      // which waits for it
        await a.SendAsync(1);
    });
    return 0;
}
catch (DeadlockException deadlock)                   // "all goroutines are asleep - deadlock!"
{
    Console.Error.WriteLine(deadlock.Message);
    Console.Error.WriteLine(deadlock.Dump);
    return 2;
}
