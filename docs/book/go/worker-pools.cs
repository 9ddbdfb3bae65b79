#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    const int Count = 5;
    var jobs = new Chan<int>(Count);
    var results = new Chan<int>(Count);
    for (int i = 0; i < 3; i++)
    {
        Go.Spawn(Worker, jobs.Receiver, results.Sender);
    }

    for (int job = 1; job <= Count; job++)
    {
        await jobs.SendAsync(job);
    }

    jobs.Close();

    int sum = 0;
    for (int i = 0; i < Count; i++)
    {
        sum += await results.TakeAsync();
    }

    Console.WriteLine($"sum of squares: {sum}");
});

static async ValueTask Worker(Receiver<int> jobs, Sender<int> results)
{
    await foreach (int job in jobs)
    {
        await results.SendAsync(job * job);
    }
}
