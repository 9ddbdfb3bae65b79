#:package Nito.AsyncEx.Coordination

using Nito.AsyncEx;

var queue = new AsyncProducerConsumerQueue<string>(2);
Task producer = Task.Run(async () =>
{
    foreach (string word in new[] { "one", "two", "three" })
    {
        await queue.EnqueueAsync(word);
    }

    queue.CompleteAdding();
});

while (await queue.OutputAvailableAsync())
{
    Console.WriteLine(await queue.DequeueAsync());
}

await producer;
