#:project ../src/Goroutines/Goroutines.csproj

// A worker pool: four goroutines share one channel of jobs and put their results into another.
// Prints the number of divisors of 1 to 12, in order, then that every job was done by one of the workers.

using Goroutines;

const int Workers = 4;
const int Jobs = 12;

Go.Main(async () =>
{
    var jobs = new Chan<int>();
    var results = new Chan<(int Number, int Divisors)>(capacity: Jobs);

    var workers = Enumerable.Range(0, Workers).Select(_ => Go.Run(async () =>
    {
        var done = 0;
        await foreach (var number in jobs)
        {
            await results.SendAsync((number, Enumerable.Range(1, number).Count(d => number % d == 0)));
            done++;
        }

        return done;
    })).ToArray();

    for (var number = 1; number <= Jobs; number++)
    {
        await jobs.SendAsync(number);
    }

    jobs.Close();

    var total = 0;
    foreach (var worker in workers)
    {
        total += await worker;
    }

    results.Close();

    var divisors = new SortedDictionary<int, int>();
    await foreach (var (number, count) in results)
    {
        divisors.Add(number, count);
    }

    Console.WriteLine(string.Join(", ", divisors.Select(pair => $"{pair.Key}: {pair.Value}")));
    Console.WriteLine($"{Workers} workers did {total} jobs");
});
