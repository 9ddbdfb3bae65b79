#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var queue = new Chan<string>(capacity: 2);
Goroutine producer = Go.Run(async () =>
{
    foreach (string word in new[] { "one", "two", "three" })
    {
        await queue.SendAsync(word);
    }

    queue.Close();
});

await foreach (string word in queue)
{
    Console.WriteLine(word);
}

await producer;
