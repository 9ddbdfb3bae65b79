#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var lines = new Chan<string>();
Goroutine reader = Go.Run(async () =>                // a channel carries no error: the goroutine's handle does
{
    try
    {
        await lines.SendAsync("line 1");
        throw new InvalidDataException("line 2 is damaged");
    }
    finally
    {
        lines.Close();
    }
});

try
{
    await foreach (string line in lines)
    {
        Console.WriteLine(line);
    }

    await reader;
}
catch (InvalidDataException exception)
{
    Console.WriteLine(exception.Message);
}
