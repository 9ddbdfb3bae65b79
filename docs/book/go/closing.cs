#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var jobs = new Chan<int>(capacity: 3);

    Goroutine worker = Go.Run(async () =>
    {
        while (true)
        {
            var (job, ok) = await jobs.ReceiveAsync();
            if (!ok)
            {
                Console.WriteLine("no more jobs");
                return;
            }

            Console.WriteLine($"job {job}");
        }
    });

    for (int job = 1; job <= 3; job++)
    {
        await jobs.SendAsync(job);
    }

    jobs.Close();
    await worker;

    var (_, more) = await jobs.ReceiveAsync();
    Console.WriteLine(more ? "true" : "false");
});
