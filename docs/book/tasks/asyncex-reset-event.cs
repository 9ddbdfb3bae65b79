#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var started = new Chan<Unit>();
Goroutine<int>[] waiters = [.. Enumerable.Range(1, 3).Select(i => Go.Run(async () =>
{
    await started.ReceiveAsync();
    return i;
}))];

started.Close();                                     // for an event that is reset: a GoCond over a flag
int sum = 0;
foreach (Goroutine<int> waiter in waiters)
{
    sum += await waiter;
}

Console.WriteLine(sum);
