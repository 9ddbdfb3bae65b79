#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    long total = 0;
    var group = new WaitGroup();
    for (int i = 0; i < 50; i++)
    {
        group.Spawn(() =>
        {
            for (int j = 0; j < 1000; j++)
            {
                Interlocked.Increment(ref total);
            }
        });
    }

    await group.WaitAsync();
    Console.WriteLine(Volatile.Read(ref total));
});
