#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var totals = new int[3];
Chan<int>[] targets = [.. Enumerable.Range(0, 3).Select(_ => new Chan<int>(capacity: 2))];

await Go.ScopeAsync(async scope =>
{
    foreach (var (target, numbers) in targets.Index())
    {
        scope.Spawn(async () =>
        {
            await foreach (int number in numbers.WithCancellation(scope.CancellationToken))
            {
                totals[target] += number;
            }
        });
    }

    for (int number = 1; number <= 10; number++)
    {
        foreach (Chan<int> target in targets)
        {
            await target.SendAsync(number, scope.CancellationToken);
        }
    }

    foreach (Chan<int> target in targets)
    {
        target.Close();
    }
});

Console.WriteLine(string.Join(' ', totals));
