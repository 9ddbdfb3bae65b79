using Goroutines;

string[] words = args.Length > 0 ? args : ["share", "memory", "by", "communicating"];

return Go.Main(async () =>
{
    using CancelContext context = GoContext.WithSignals();           // ends at Ctrl+C or SIGTERM; a second one ends the process
    try
    {
        Console.WriteLine($"{await CountAsync(words, context)} letters");
        return 0;
    }
    catch (OperationCanceledException) when (context.IsCancelled)
    {
        Console.Error.WriteLine("interrupted");
        return 130;
    }
});

// A goroutine a word. The first that fails cancels the others; when this returns, none is running any more.
static ValueTask<int> CountAsync(string[] words, CancellationToken cancellationToken) => Go.ScopeAsync(async scope =>
{
    var lengths = new Chan<int>(capacity: words.Length);
    foreach (string word in words)
    {
        scope.Spawn(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(10), scope.CancellationToken);     // your work here
            await lengths.SendAsync(word.Length, scope.CancellationToken);
        });
    }

    int total = 0;
    for (int i = 0; i < words.Length; i++)
    {
        total += await lengths.TakeAsync(scope.CancellationToken);
    }

    return total;
}, cancellationToken);
