#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var queue = new Chan<string>(capacity: 2);
    await queue.SendAsync("one");
    await queue.SendAsync("two");
    queue.Close();                                   // what is in the buffer still arrives

    await foreach (string item in queue)
    {
        Console.WriteLine(item);
    }
});
