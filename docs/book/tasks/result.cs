#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Goroutine<int> answer = Go.Run(async () =>
{
    await Go.Yield();
    return 6 * 7;
});

Console.WriteLine(await answer);

Goroutine<int> broken = Go.Run(int () => throw new InvalidOperationException("no answer"));
try
{
    await broken;
}
catch (InvalidOperationException exception)
{
    Console.WriteLine(exception.Message);
}
