#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    int[] squares = await Pool.RunAsync([1, 2, 3, 4, 5, 6], workers: 3, Square);
    Console.WriteLine(string.Join(' ', squares));

    try
    {
        await Pool.RunAsync([1, 2, -3, 4, 5, 6], workers: 3, Square);
    }
    catch (ArgumentException exception)
    {
        Console.WriteLine(exception.Message);
    }
});

static async ValueTask<int> Square(int number, CancellationToken cancellationToken)
{
    await Go.SleepAsync(TimeSpan.FromMilliseconds(1), cancellationToken);
    return number > 0 ? number * number : throw new ArgumentException($"{number} is not positive");
}

internal static class Pool
{
    // Does `work` for every item, `workers` at a time; results in the order of the items. The first failure stops the rest and is rethrown,
    // and when this returns or throws, nothing of it is running any more.
    public static async ValueTask<TOut[]> RunAsync<TIn, TOut>(
        IReadOnlyList<TIn> items, int workers, Func<TIn, CancellationToken, ValueTask<TOut>> work, CancellationToken cancellationToken = default)
    {
        var results = new TOut[items.Count];
        var jobs = new Chan<int>();
        await Go.ScopeAsync(async scope =>
        {
            for (int i = 0; i < workers; i++)
            {
                scope.Spawn(async () =>
                {
                    await foreach (int job in jobs.WithCancellation(scope.CancellationToken))
                    {
                        results[job] = await work(items[job], scope.CancellationToken);
                    }
                });
            }

            for (int job = 0; job < items.Count; job++)
            {
                await jobs.SendAsync(job, scope.CancellationToken);      // without the token: for ever, once every worker has failed
            }

            jobs.Close();
        }, cancellationToken);
        return results;
    }
}
