#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

try
{
    int total = await Go.ScopeAsync(async scope =>
    {
        Goroutine<int>[] parts = [.. Enumerable.Range(1, 3).Select(part => scope.Run(() => Load(part, scope.CancellationToken)))];
        int sum = 0;
        foreach (Goroutine<int> part in parts)
        {
            sum += await part;
        }

        return sum;
    });
    Console.WriteLine(total);
}
catch (InvalidDataException exception)               // the first failure cancelled the others, and they have ended
{
    Console.WriteLine(exception.Message);
}

static async ValueTask<int> Load(int part, CancellationToken cancellationToken)
{
    await Go.SleepAsync(part == 2 ? TimeSpan.Zero : TimeSpan.FromHours(1), cancellationToken);
    return part == 2 ? throw new InvalidDataException("part 2 is damaged") : part;
}
