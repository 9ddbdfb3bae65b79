#:project ../src/Goroutines/Goroutines.csproj

// Results: a goroutine started with Go.Run has a result to await, Go.Main hands its own to the caller,
// and an exception that leaves the body comes out where the result is awaited.
// Prints the two results and the exception; exits with 3, the result of the main goroutine.

using Goroutines;

return Go.Main(async () =>
{
    var sum = Go.Run(async () =>
    {
        await Go.Yield();
        return 40 + 2;
    });
    var name = Go.Run(async () =>
    {
        await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        return "Gopher";
    });
    var broken = Go.Run(async () =>
    {
        await Go.Yield();
        throw new InvalidOperationException("out of carrots");
    });

    Console.WriteLine($"{await name} says {await sum}");

    try
    {
        await broken;
    }
    catch (InvalidOperationException e)
    {
        Console.WriteLine($"the third one failed: {e.Message}");
    }

    return 3;
});
