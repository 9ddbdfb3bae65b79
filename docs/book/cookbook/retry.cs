#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time
{
    DateTimeOffset begun = Go.Now;
    int attempts = 0;
    string answer = await Retry.RunAsync(async cancellationToken =>
    {
        await Go.SleepAsync(TimeSpan.FromMilliseconds(50), cancellationToken);
        return ++attempts < 4 ? throw new IOException($"attempt {attempts} failed") : $"attempt {attempts} succeeded";
    }, new RetryOptions { Attempts = 5 });
    Console.WriteLine($"{answer}, within 1 s: {Go.Now - begun < TimeSpan.FromSeconds(1)}");

    try
    {
        await Retry.RunAsync<int>(_ => throw new ArgumentException("a mistake stays one"), new RetryOptions());
    }
    catch (ArgumentException exception)
    {
        Console.WriteLine(exception.Message);        // not transient: the first one counts
    }

    using CancelContext deadline = GoContext.Background.WithTimeout(TimeSpan.FromSeconds(3));
    try
    {
        await Retry.RunAsync<int>(_ => throw new IOException("still down"), new RetryOptions { Attempts = int.MaxValue }, deadline);
    }
    catch (IOException exception)
    {
        Console.WriteLine($"{exception.Message} ({deadline.Err!.Message})");
    }
});

internal sealed class RetryOptions
{
    public int Attempts { get; init; } = 5;

    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    public Func<Exception, bool> IsTransient { get; init; } = static exception => exception is IOException or TimeoutException or HttpRequestException;
}

internal static class Retry
{
    // Calls until the call succeeds, fails for good, or its attempts or the token's time are used up; then throws what the last attempt threw.
    public static async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> call, RetryOptions options, CancellationToken cancellationToken = default)
    {
        TimeSpan pause = options.FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await call(cancellationToken);
            }
            catch (Exception exception) when (attempt < options.Attempts && !cancellationToken.IsCancellationRequested && options.IsTransient(exception))
            {
                // Anything from half the pause to all of it, so that callers that failed together do not come back together.
                await new Select().AndReceive(GoContext.From(cancellationToken)).AndTimeout(pause * (0.5 + Random.Shared.NextDouble() / 2)).WaitAsync();
                if (cancellationToken.IsCancellationRequested)
                {
                    throw;                           // the failure says more than the time-out would
                }
            }

            pause = TimeSpan.FromTicks(Math.Min((pause * 2).Ticks, options.LongestPause.Ticks));
        }
    }
}
