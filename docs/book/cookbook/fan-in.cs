#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time
{
    DateTimeOffset begun = Go.Now;
    string[] mirrors = ["near", "far", "broken", "asleep"];
    await foreach (string answer in FanIn.Within(TimeSpan.FromSeconds(1), mirrors, Ask))
    {
        Console.WriteLine($"{(Go.Now - begun).TotalMilliseconds} ms: {answer}");
    }

    Console.WriteLine($"{(Go.Now - begun).TotalMilliseconds} ms: the end");
});

static async ValueTask<string> Ask(string mirror, CancellationToken cancellationToken)
{
    await Go.SleepAsync(TimeSpan.FromMilliseconds(mirror switch { "near" => 20, "broken" => 30, "far" => 300, _ => 3_600_000 }), cancellationToken);
    return mirror == "broken" ? throw new IOException("connection reset") : $"{mirror} answered";
}

internal static class FanIn
{
    // Asks all sources at once and yields what they answer as it comes, until all have answered or the time is over. A source that fails
    // is left out. The caller may stop early: leaving the loop cancels what still runs.
    public static async IAsyncEnumerable<TOut> Within<TIn, TOut>(TimeSpan time, IReadOnlyList<TIn> sources, Func<TIn, CancellationToken, ValueTask<TOut>> ask)
    {
        using CancelContext context = GoContext.Background.WithTimeout(time);        // its Dispose cancels, too
        var answers = new Chan<TOut>(capacity: sources.Count);       // room for all: no answer has to wait for a reader that is gone
        var asked = new WaitGroup();
        foreach (TIn source in sources)
        {
            asked.Spawn(async () =>
            {
                try
                {
                    answers.TrySend(await ask(source, context));
                }
                catch (Exception exception) when (exception is IOException or OperationCanceledException)
                {
                    // Left out. Anything else is a mistake in the program, and goes to the panic handler.
                }
            });
        }

        Go.Spawn(async () =>
        {
            await asked.WaitAsync();
            answers.Close();
        });

        await foreach (TOut answer in answers)       // ends when all have answered, failed, or been cancelled by the time-out
        {
            yield return answer;
        }
    }
}
