#:project ../src/Goroutines/Goroutines.csproj

// Scopes: goroutines that all end before the code that started them goes on, with their results, failures and cancellation.
// Prints a sum of results, how the first failure stops the others, several failures together, a scope within a scope, and
// that nothing can be started in a scope that has ended.

using Goroutines;

Go.Main(async () =>
{
    // Results come through handles; whatever else was spawned has ended, too, when the scope returns.
    var logged = 0;
    var sum = await Go.ScopeAsync(async scope =>
    {
        var squares = Enumerable.Range(1, 10).Select(n => scope.Run(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(10 - n), scope.CancellationToken);
            scope.Spawn(async () =>
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(20), scope.CancellationToken);
                Interlocked.Increment(ref logged);
            });
            return n * n;
        })).ToArray();

        var total = 0;
        foreach (var square in squares)
        {
            total += await square;
        }

        return total;
    });
    Console.WriteLine($"sum {sum}, logged {logged}");

    // The first failure cancels the scope's token, the others end, and the failure is rethrown as it is.
    var stopped = 0;
    try
    {
        await Go.ScopeAsync(async scope =>
        {
            for (var i = 0; i < 3; i++)
            {
                scope.Spawn(async () =>
                {
                    try
                    {
                        await Go.SleepAsync(Timeout.InfiniteTimeSpan, scope.CancellationToken);
                    }
                    finally
                    {
                        Interlocked.Increment(ref stopped);
                    }
                });
            }

            await Go.Yield();
            scope.Spawn(() => ValueTask.FromException(new InvalidDataException("line 3 is no number")));
        });
    }
    catch (InvalidDataException exception)
    {
        Console.WriteLine($"failed: {exception.Message}; {stopped} stopped");
    }

    // More than one failure: all of them.
    try
    {
        await Go.ScopeAsync(scope =>
        {
            scope.Spawn(() => ValueTask.FromException(new InvalidDataException("first")));
            scope.Spawn(() => ValueTask.FromException(new InvalidDataException("second")));
            return default;
        });
    }
    catch (AggregateException several)
    {
        Console.WriteLine($"failed: {string.Join(" and ", several.InnerExceptions.Select(exception => exception.Message).Order())}");
    }

    // A scope within a scope, and a caller who has not got all day.
    using var patience = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(300));
    GoScope? ended = null;
    try
    {
        await Go.ScopeAsync(
            outer =>
            {
                ended = outer;
                outer.Spawn(() => Go.ScopeAsync(
                    inner =>
                    {
                        inner.Spawn(() => Go.SleepAsync(TimeSpan.FromHours(1), inner.CancellationToken));
                        return default;
                    },
                    outer.CancellationToken));
                return default;
            },
            patience);
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine($"given up: {patience.Err!.Message}");
    }

    try
    {
        ended!.Spawn(() => default(ValueTask));
    }
    catch (InvalidOperationException exception)
    {
        Console.WriteLine(exception.Message);
    }
});
