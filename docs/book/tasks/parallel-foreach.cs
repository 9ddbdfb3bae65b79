#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

int running = 0, most = 0, done = 0;
var group = new ErrGroup { Limit = 3 };
foreach (int _ in Enumerable.Range(1, 20))
{
    await group.SpawnAsync(async () =>               // waits while three are running
    {
        int now = Interlocked.Increment(ref running);
        InterlockedMax(ref most, now);
        await Go.SleepAsync(TimeSpan.FromMilliseconds(1), group.CancellationToken);
        Interlocked.Decrement(ref running);
        Interlocked.Increment(ref done);
    });
}

await group.WaitAsync();                             // throws what the first failure threw; the rest was cancelled
Console.WriteLine($"{done} done, never more than 3 at once: {most <= 3}");

static void InterlockedMax(ref int place, int value)
{
    for (int seen = Volatile.Read(ref place); seen < value;)
    {
        int before = Interlocked.CompareExchange(ref place, value, seen);
        seen = before == seen ? value : before;
    }
}
