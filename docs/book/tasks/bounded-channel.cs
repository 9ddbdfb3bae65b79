#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var channel = new Chan<int>(capacity: 2);            // 0: each send waits for its receiver
Goroutine producer = Go.Run(async () =>
{
    try
    {
        for (int i = 1; i <= 5; i++)
        {
            await channel.SendAsync(i);
        }
    }
    finally
    {
        channel.Close();
    }
});

await foreach (int i in channel)
{
    Console.WriteLine(i);
}

await producer;
