#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    try
    {
        Console.WriteLine($"{await Go.Run(Parse, "42")} <nil>");
        await Go.Run(Parse, "forty-two");            // what leaves the body comes out at the await
    }
    catch (FormatException exception)
    {
        Console.WriteLine($"recovered: {exception.Message}");
    }
    finally
    {
        Console.WriteLine("deferred, so last");
    }
});

static async ValueTask<int> Parse(string text)
{
    await Go.Yield();
    return text == "42" ? 42 : throw new FormatException($"cannot parse {text}");
}
