#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

return Go.Main(async () =>
{
    try
    {
        await Go.Yield();
        return 3;                                    // the result of the main goroutine is the exit code
    }
    finally
    {
        Console.WriteLine("cleaned up");
    }
});
