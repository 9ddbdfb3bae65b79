int running = 0, most = 0, done = 0;
var options = new ParallelOptions { MaxDegreeOfParallelism = 3 };
await Parallel.ForEachAsync(Enumerable.Range(1, 20), options, async (_, cancellationToken) =>
{
    int now = Interlocked.Increment(ref running);
    InterlockedMax(ref most, now);
    await Task.Delay(1, cancellationToken);
    Interlocked.Decrement(ref running);
    Interlocked.Increment(ref done);
});

Console.WriteLine($"{done} done, never more than 3 at once: {most <= 3}");

static void InterlockedMax(ref int place, int value)
{
    for (int seen = Volatile.Read(ref place); seen < value;)
    {
        int before = Interlocked.CompareExchange(ref place, value, seen);
        seen = before == seen ? value : before;
    }
}
