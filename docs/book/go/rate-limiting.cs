#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var requests = new Chan<int>(capacity: 5);
    for (int request = 1; request <= 5; request++)
    {
        await requests.SendAsync(request);
    }

    requests.Close();

    // Three at once, then one every 5 ms.
    var permits = new Chan<Unit>(capacity: 3);
    while (permits.TrySend(default))
    {
    }

    Go.Spawn(async () =>
    {
        await foreach (DateTimeOffset _ in Go.Tick(TimeSpan.FromMilliseconds(5)))
        {
            await permits.SendAsync(default);
        }
    });

    DateTimeOffset begun = Go.Now;
    await foreach (int request in requests)
    {
        await permits.ReceiveAsync();
        Console.WriteLine($"request {request}");
    }

    Console.WriteLine($"took 10 ms or more: {(Go.Now - begun >= TimeSpan.FromMilliseconds(10) ? "true" : "false")}");
});
