#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time
{
    DateTimeOffset begun = Go.Now;
    string winner = await First.SuccessfulAsync<string>([Answer("south", 300), Answer("broken", 10), Answer("north", 200)]);
    Console.WriteLine($"{winner} after {(Go.Now - begun).TotalMilliseconds} ms, and {Go.Count - 1} goroutines are left");

    try
    {
        await First.SuccessfulAsync<string>([Answer("broken", 10), Answer("broken", 20)]);
    }
    catch (AggregateException exception)
    {
        Console.WriteLine($"all {exception.InnerExceptions.Count} failed: {exception.InnerExceptions[0].Message}");
    }
});

static Func<CancellationToken, ValueTask<string>> Answer(string name, int milliseconds) => async cancellationToken =>
{
    await Go.SleepAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);
    return name == "broken" ? throw new IOException("connection reset") : name;
};

internal static class First
{
    // Starts all and returns the first success; the others are cancelled, and have ended before this returns.
    public static async ValueTask<T> SuccessfulAsync<T>(IReadOnlyList<Func<CancellationToken, ValueTask<T>>> attempts, CancellationToken cancellationToken = default)
    {
        using CancelContext rest = GoContext.From(cancellationToken).WithCancel();
        return await Go.ScopeAsync(async scope =>
        {
            var outcomes = new Chan<(T Value, Exception? Failure)>(capacity: attempts.Count);
            foreach (Func<CancellationToken, ValueTask<T>> attempt in attempts)
            {
                scope.Spawn(async () =>
                {
                    try
                    {
                        outcomes.TrySend((await attempt(rest), null));
                    }
                    catch (Exception exception)      // also a cancelled one: nothing leaves the scope but this method's own outcome
                    {
                        outcomes.TrySend((default!, exception));
                    }
                });
            }

            List<Exception> failures = [];
            while (failures.Count < attempts.Count)
            {
                var (value, failure) = await outcomes.TakeAsync(scope.CancellationToken);
                if (failure is null)
                {
                    rest.Cancel();
                    return value;
                }

                failures.Add(failure);
            }

            throw new AggregateException(failures);
        }, cancellationToken);
    }
}
